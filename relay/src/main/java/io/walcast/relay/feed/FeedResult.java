package io.walcast.relay.feed;

/** What becomes of a request to open a feed. */
public sealed interface FeedResult {

    /**
     * The feed is open; what the client lacks follows.
     *
     * @param cursor what the client is to open its next feed with if this one ends before the first {@code feed.cursor}
     */
    record Opened(String cursor) implements FeedResult {}

    /** The cursor is no cursor. */
    record Malformed() implements FeedResult {}

    /** The cursor is of another history: what the client has may never have been. */
    record HistoryChanged() implements FeedResult {}

    /** This process follows as many conversations for its users as it may. */
    record LimitExceeded() implements FeedResult {}

    /** The conversations cannot be read now. */
    record Unavailable() implements FeedResult {}

    /** The client has opened its feed again before this request was answered. */
    record Superseded() implements FeedResult {}
}
