package io.walcast.relay.rooms;

import java.util.UUID;

/** The result of a request to join a room. */
public sealed interface JoinResult {

    /**
     * The subscriber is in the room.
     *
     * @param position the place in the log after which it is served
     * @param lastSeq seq of the newest message when it joined
     * @param lastPos the place of the newest event at that time
     * @param epoch the history that both belong to; it changes when PostgreSQL has failed over or was restored
     */
    record Joined(UUID conversationId, long position, long lastSeq, long lastPos, String epoch) implements JoinResult {}

    /** There is no such conversation, or the user is not a member. The client does not learn which. */
    record NotFound() implements JoinResult {}

    /** The client's position is not in this history. */
    record HistoryChanged() implements JoinResult {}

    /** The database cannot be read now, does not show yet what was delivered, or is overloaded. */
    record Unavailable() implements JoinResult {}

    /** The subscriber left, or joined again, while the tables were read. */
    record Superseded() implements JoinResult {}
}
