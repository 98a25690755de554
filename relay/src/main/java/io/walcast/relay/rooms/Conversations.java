package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The reads of the tables that rooms need: members, newest numbers, and the log of each conversation.
 *
 * <p>The relay reads a commit in the WAL before other sessions see it in the tables. So a delivered outbox row stands
 * for its commit. It is <em>settled</em> for a read if that read's snapshot shows the row, and with it all that was
 * committed before, or if the row does not exist and never will. Row 0 is always settled.
 *
 * <p>All methods block, and throw a {@link org.springframework.dao.DataAccessException} if the tables cannot be read.
 */
interface Conversations {

    /**
     * The query of a join.
     *
     * @param after seq of the message whose place in the log is wanted; null if none is
     * @param membershipRow the outbox row of the newest removal that may concern the user; 0 if there is none to wait
     *     for
     * @param newestRow the outbox row of the room's newest event; 0 if there is none to wait for
     * @param intimate whether the room is small enough to send everyone's read markers to everyone
     */
    record Question(
            UUID conversationId,
            String userId,
            @Nullable Long after,
            long membershipRow,
            long newestRow,
            boolean intimate) {}

    /**
     * The answer to a {@link Question}, from one snapshot.
     *
     * @param member whether there is such a conversation and the user is a member
     * @param lastSeq seq of its newest message
     * @param lastPos the place of its newest event in the log
     * @param afterPos the place of the wanted message, or of the last existing one before it; 0 if there is none, or
     *     none was wanted
     * @param epoch the history that seq and pos belong to
     * @param reads the read markers: the user's own, and in a small room those of all members
     */
    record Tail(
            boolean member,
            long lastSeq,
            long lastPos,
            long afterPos,
            String epoch,
            boolean membershipSettled,
            boolean newestSettled,
            List<RoomEvent> reads) {}

    /**
     * The next page of a catch-up.
     *
     * @param pos the place in the log after which it continues
     * @param seq only messages with a higher seq are wanted
     * @param row the outbox row that may have to be settled before the page counts as the last one
     * @param reads whether the last page has to contain the read markers
     * @param intimate as in a {@link Question}
     * @param first whether it is the first page of this catch-up, which is short, so that it is sent soon
     */
    record Wanted(long pos, long seq, long row, boolean reads, boolean intimate, boolean first) {}

    /**
     * Consecutive events of the log: each begins where the one before it ends.
     *
     * @param settled whether the snapshot settles the row of the {@link Wanted}
     * @param reads the read markers; empty unless the page has no events
     */
    record Page(List<RoomEvent> events, boolean settled, List<RoomEvent> reads) {}

    /** Answers each question, in their order. */
    List<Tail> tails(List<Question> questions);

    /**
     * The next events of the log; empty if the user is not a member of such a conversation, in the same snapshot. Each
     * carries the present state of its subject. A message that was deleted by SQL is replaced by a stand-in with its
     * seq.
     */
    Optional<Page> page(UUID conversationId, String userId, Wanted wanted);

    /** The subset of the outbox rows that is settled. */
    Set<Long> settled(Collection<Long> rows);
}
