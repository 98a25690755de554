package io.walcast.relay.feed;

/** What a row of the stream tells feeds. The catalogue of events says it of each topic. */
public enum FeedSubject {
    /** A conversation with its first members. */
    CREATION,
    /** A user became a member. */
    ADDITION,
    /** A membership as it is now. */
    MEMBERSHIP,
    TITLE,
    /** A user has read up to a message. It has no place in the log. */
    READ,
    /** Something else of the log happened. */
    OTHER;

    boolean tellsMembers() {
        return this == CREATION || this == ADDITION || this == MEMBERSHIP;
    }
}
