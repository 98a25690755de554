package io.walcast.relay.feed;

/** The result of a request to open a feed. */
public sealed interface FeedResult {

    /**
     * The feed is open. The changes that the client lacks follow.
     *
     * @param cursor the cursor for the client's next feed, if this one ends before the first {@code feed.cursor}
     */
    record Opened(String cursor) implements FeedResult {}

    /** The cursor cannot be parsed. */
    record Malformed() implements FeedResult {}

    /** The cursor is of another history: the client may have data that never existed in this one. */
    record HistoryChanged() implements FeedResult {}

    /** The feed would exceed the limit of conversations that this process follows. */
    record LimitExceeded() implements FeedResult {}

    /** The conversations cannot be read now. */
    record Unavailable() implements FeedResult {}

    /** The client has opened its feed again, or has gone, before this request was answered. */
    record Superseded() implements FeedResult {}
}
