package io.walcast.relay.rooms;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
     * @param after seq of the message whose place in the log is asked for; null if none is
     * @param membershipRow the outbox row that changed last who may be in the room; 0 if there is none to wait for
     * @param newestRow the outbox row of the room's newest event; 0 if there is none to wait for
     * @param intimate whether the room is small enough to tell everyone how far everyone has read
     */
    record Question(
            UUID conversationId,
            String userId,
            @Nullable Long after,
            long membershipRow,
            long newestRow,
            boolean intimate) {}

    /**
     * The answer, from one snapshot.
     *
     * @param member whether there is such a conversation and the user is a member
     * @param lastSeq seq of its newest message
     * @param lastPos the place of its newest event in the log
     * @param afterPos the place of the message that was asked for, or of the last one before it that there is; 0 if there
     *     is none, or none was asked for
     * @param epoch names the history that seq and pos count in
     * @param reads how far members have read: the user, and if there are few, the others
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
     * What a catch-up reads next.
     *
     * @param pos the place in the log after which it continues
     * @param seq of messages only those with a higher one are wanted
     * @param row the outbox row that may have to be settled before the page counts as the last one
     * @param reads whether the last page has to say how far the members have read
     * @param intimate as in a {@link Question}
     */
    record Wanted(long pos, long seq, long row, boolean reads, boolean intimate) {}

    /**
     * Some events in order, each of which begins where the one before it ends.
     *
     * @param settled whether the snapshot settles the row that was asked for
     * @param reads how far members have read; empty unless the page is empty
     */
    record Page(List<RoomEvent> events, boolean settled, List<RoomEvent> reads) {}

    /** Answers each question, in their order. */
    List<Tail> tails(List<Question> questions);

    /**
     * The next events of the log; empty if the user is not a member of such a conversation, in the same snapshot. Each
     * carries the present state of its subject. A message that was deleted by SQL is replaced by a stand-in with its seq.
     */
    Optional<Page> page(UUID conversationId, String userId, Wanted wanted);

    /** Those of the outbox rows that are settled. */
    Set<Long> settled(Collection<Long> rows);
}
