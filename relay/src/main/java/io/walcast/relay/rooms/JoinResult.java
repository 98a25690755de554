package io.walcast.relay.rooms;

import java.util.UUID;

/** What became of a request to join. */
public sealed interface JoinResult {

    /**
     * The subscriber is in the room.
     *
     * @param position the place in the log after which it is served
     * @param lastSeq seq of the newest message when it joined
     * @param lastPos the place of the newest event then
     * @param epoch names the history that both count in; it changes when PostgreSQL failed over or was restored
     */
    record Joined(UUID conversationId, long position, long lastSeq, long lastPos, String epoch) implements JoinResult {}

    /** There is no such conversation, or the user is not a member: which of the two is not told. */
    record NotFound() implements JoinResult {}

    /** The client's position is not in this history. */
    record HistoryChanged() implements JoinResult {}

    /** The database cannot be asked now, does not show yet what was delivered, or has too much to do. */
    record Unavailable() implements JoinResult {}

    /** The subscriber left, or joined again, while the table was asked. */
    record Superseded() implements JoinResult {}
}
