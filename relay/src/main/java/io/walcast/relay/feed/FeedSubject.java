package io.walcast.relay.feed;

/** The meaning of an outbox row for feeds. The catalogue of events has it for each topic. */
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
    /** Any other event of the log. */
    OTHER;

    boolean tellsMembers() {
        return this == CREATION || this == ADDITION || this == MEMBERSHIP;
    }
}
