package io.walcast.relay.feed;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables, as feeds read them.
 *
 * <p>All methods block, and throw a {@link org.springframework.dao.DataAccessException} if the tables cannot be read.
 */
interface FeedTables {

    /**
     * A conversation as one of its members has it in the feed.
     *
     * @param json data of {@code conversation.activity}
     */
    record Row(UUID conversationId, long lastSeq, long lastPos, String json) {}

    /**
     * One conversation of a user.
     *
     * @param version of the membership
     * @param changed whether the conversation or the membership changed since the snapshot that was asked about
     * @param membershipChanged whether the membership did
     * @param row null if it was not asked for
     */
    record Listed(
            UUID conversationId,
            long version,
            long lastSeq,
            long lastPos,
            boolean changed,
            boolean membershipChanged,
            @Nullable Row row) {}

    /** A membership that ended since the snapshot that was asked about. */
    record Ended(UUID conversationId, long version) {}

    /**
     * A user's conversations, in one snapshot.
     *
     * @param snapshot that snapshot, as far as it may be kept
     * @param oldest the oldest transaction that runs in it
     * @param listed all conversations; changed ones come first, the last updated before others
     */
    record Changes(String epoch, Snapshot snapshot, long oldest, List<Listed> listed, List<Ended> ended) {}

    /**
     * All conversations of the user, and what changed since a snapshot.
     *
     * @param since null if everything is new
     * @param rows for so many of the changed ones the row is read as well
     */
    Changes changes(String userId, @Nullable Snapshot since, int rows);

    /** The rows of those conversations of which the user is a member. */
    List<Row> rows(String userId, Collection<UUID> conversationIds);

    /** A transaction id that is higher than all in use. */
    long nextTransaction();
}
