package io.walcast.relay.feed;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The reads of the tables that feeds need: the conversations of a user, and their changes.
 *
 * <p>All methods block, and throw a {@link org.springframework.dao.DataAccessException} if the tables cannot be read.
 */
interface FeedTables {

    /**
     * A conversation as it is in the feed of one of its members.
     *
     * @param json data of {@code conversation.activity}
     */
    record Row(UUID conversationId, long lastSeq, long lastPos, String json) {}

    /**
     * One conversation of a user.
     *
     * @param version of the membership
     * @param changed whether the conversation or the membership changed since the given snapshot
     * @param membershipChanged whether the membership changed since then
     * @param row null if it was not read
     */
    record Listed(
            UUID conversationId,
            long version,
            long lastSeq,
            long lastPos,
            boolean changed,
            boolean membershipChanged,
            @Nullable Row row) {}

    /** A membership that ended since the given snapshot. */
    record Ended(UUID conversationId, long version) {}

    /**
     * A user's conversations, in one snapshot.
     *
     * @param snapshot that snapshot, limited to the part that a client may keep
     * @param oldest the oldest transaction that runs in it
     * @param listed all conversations: first the changed ones, the last updated first
     */
    record Changes(String epoch, Snapshot snapshot, long oldest, List<Listed> listed, List<Ended> ended) {}

    /**
     * All conversations of the user, and the changes since a snapshot.
     *
     * @param since null if everything is new
     * @param rows the number of changed conversations whose row is read as well
     */
    Changes changes(String userId, @Nullable Snapshot since, int rows);

    /** The rows of those conversations of which the user is a member. */
    List<Row> rows(String userId, Collection<UUID> conversationIds);

    /** A transaction id that is higher than all in use. */
    long nextTransaction();
}
