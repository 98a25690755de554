package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The tables, as rooms read them.
 *
 * <p>The relay reads a commit in the WAL before other sessions see it in the tables. An outbox row that was delivered
 * names its commit: it is <em>settled</em> for a read if that read's snapshot shows the row, and with it all that was
 * committed before, or if the row does not exist and never will. Row 0 is always settled.
 *
 * <p>All methods block, and throw a {@link org.springframework.dao.DataAccessException} if the tables cannot be read.
 */
interface Conversations {

    /**
     * What a join wants to know.
     *
     * @param membershipRow the outbox row that changed last who may be in the room; 0 if there is none to wait for
     * @param newestRow the outbox row of the room's newest message; 0 if there is none to wait for
     */
    record Question(UUID conversationId, String userId, long membershipRow, long newestRow) {}

    /**
     * The answer, from one snapshot.
     *
     * @param member whether there is such a conversation and the user is a member
     * @param lastSeq seq of its newest message
     * @param epoch names the history that seq counts in
     */
    record Tail(boolean member, long lastSeq, String epoch, boolean membershipSettled, boolean newestSettled) {}

    /**
     * Some messages in order, without a gap.
     *
     * @param settled whether the snapshot settles the row that was asked for
     */
    record Page(List<RoomEvent> messages, boolean settled) {}

    /** Answers each question, in their order. */
    List<Tail> tails(List<Question> questions);

    /**
     * The next messages after {@code after}; empty if the user is not a member of such a conversation, in the same
     * snapshot. A message that was deleted is replaced by a stand-in with its seq.
     *
     * @param row the outbox row that may have to be settled before the page counts as the last one
     */
    Optional<Page> page(UUID conversationId, String userId, long after, long row);

    /** Those of the outbox rows that are settled. */
    Set<Long> settled(Collection<Long> rows);
}
