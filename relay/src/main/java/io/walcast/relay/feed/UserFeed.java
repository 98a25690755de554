package io.walcast.relay.feed;

import io.walcast.relay.feed.FeedTables.Changes;
import io.walcast.relay.feed.FeedTables.Ended;
import io.walcast.relay.feed.FeedTables.Listed;
import io.walcast.relay.feed.FeedTables.Row;
import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The feeds of one user: the user's conversations, the connections that follow them, and the snapshot up to which the
 * tables have been read.
 *
 * <p>A <em>doubt</em> arises when the stream may have delivered an event that a connection did not get: it had not
 * entered yet, or another process delivered. The doubt is settled by a read in a snapshot in which every transaction
 * has ended that had begun when the doubt arose. Until then every change is sent again.
 *
 * <p>The class is long because one monitor gives the order of the events.
 *
 * <p><b>Lifecycle.</b> From its user's first feed to the end of the last one: a retired instance takes no connections.
 * <b>Concurrency.</b> Thread-safe; events are queued with the monitor held, and so in order.
 */
final class UserFeed {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    /** Every transaction that was about to become visible when the doubt arose has a lower id. */
    private record Bound(long doubt, long number, long transaction) {}

    /**
     * A read of the tables for all connections.
     *
     * @param isOpen whether a transaction id is needed to settle a doubt
     */
    record Question(Snapshot since, long doubt, long number, boolean isOpen) {}

    /** The next need of a connection. */
    record Turn(Need need, List<UUID> toRead) {}

    /** See {@link Turn}. */
    enum Need {
        /** Nothing: it has got everything, or has ended. */
        NOTHING,
        /** Rows. */
        ROWS,
        /** Rows that the table does not show yet. */
        TIME,
        /** Room in its client's queue. */
        ROOM
    }

    private final String userId;
    private final FeedReader reader;
    private final Duration cursorInterval;

    /**
     * The time from a change to a newer cursor. It differs by user, so that the followers do not refresh all at once.
     */
    private final Duration renewal;

    private final Backoff pauses;
    private final Memberships memberships;
    private final Set<FeedConnection> connections = new LinkedHashSet<>();

    /** The snapshot whose changes all connections have got, or will get. */
    private @Nullable Snapshot known;

    private String epoch = "";
    private long doubt;
    private long settled;
    private @Nullable Bound bound;
    private boolean retired;

    UserFeed(String userId, FollowedConversations conversations, FeedReader reader, Duration cursorInterval) {
        this.userId = userId;
        this.memberships = new Memberships(this, conversations);
        this.reader = reader;
        this.cursorInterval = cursorInterval;
        this.renewal = cursorInterval.plus(
                cursorInterval.multipliedBy(userId.hashCode() & 0xff).dividedBy(512));
        this.pauses =
                new Backoff(FIRST_PAUSE, FIRST_PAUSE.compareTo(cursorInterval) < 0 ? cursorInterval : FIRST_PAUSE);
    }

    String userId() {
        return userId;
    }

    /**
     * Enters a connection, before anything is read for it.
     *
     * @return false if this one is retired
     */
    synchronized boolean enter(FeedConnection connection) {
        if (retired) {
            return false;
        }
        connections.add(connection);
        connection.doubt = ++doubt;
        return true;
    }

    /** Ends the feed of a connection. After the last one this instance is retired. */
    synchronized void leave(FeedConnection connection, FeedResult result) {
        if (connections.remove(connection)) {
            connection.end(result);
        }
        if (connections.isEmpty() && !retired) {
            retired = true;
            memberships.clear();
        }
    }

    /**
     * Opens a feed with the changes that were read for it, or refuses it.
     *
     * @param cursor the client's; null if it has none
     */
    synchronized void open(FeedConnection connection, @Nullable Cursor cursor, Changes changes, long nanoTime) {
        if (!connections.contains(connection)) {
            return;
        }
        if (cursor != null && !cursor.epoch().equals(changes.epoch())) {
            leave(connection, new FeedResult.HistoryChanged());
        } else if (isOtherHistory(changes)) {
            closeAll();
        } else if (!memberships.hasRoomFor(changes)) {
            leave(connection, new FeedResult.LimitExceeded());
        } else {
            admit(connection, cursor, changes, nanoTime);
        }
    }

    private void admit(FeedConnection connection, @Nullable Cursor cursor, Changes changes, long nanoTime) {
        epoch = changes.epoch();
        if (known == null) {
            known = changes.snapshot();
        }
        for (UUID entered : memberships.take(changes)) {
            connections.stream().filter(other -> other != connection).forEach(other -> want(other, entered));
        }
        Set<UUID> listed = want(connection, changes);
        // For these the stream was ahead of the read.
        memberships.ids().stream().filter(id -> !listed.contains(id)).forEach(id -> want(connection, id));

        connection.open((cursor == null ? new Cursor(epoch, null) : cursor).toString());
        memberships.removed().forEach(connection::goneSince);
        changes.ended().stream()
                .map(Ended::conversationId)
                .filter(id ->
                        memberships.get(id) == null && !memberships.removed().contains(id))
                .forEach(connection::goneSince);
        connection.tellCursor(new Cursor(epoch, changes.snapshot()), nanoTime);
        serve();
        pauses.reset();
        reader.refreshIn(this, pauses.next());
    }

    /**
     * Requests the changed conversations for one connection, and takes the rows that were read; returns all listed ids.
     */
    private Set<UUID> want(FeedConnection connection, Changes changes) {
        Set<UUID> all = new HashSet<>();
        List<Row> rows = new ArrayList<>();
        for (Listed listed : changes.listed()) {
            UUID id = listed.conversationId();
            all.add(id);
            FollowedConversation conversation = memberships.get(id);
            if (conversation != null && listed.changed()) {
                want(connection, id);
                if (listed.row() != null && listed.lastPos() >= conversation.lastPos()) {
                    rows.add(listed.row());
                }
            }
        }
        connection.take(rows);
        return all;
    }

    /** Has the row of a conversation sent, in a state after all events that were sent live. */
    private void want(FeedConnection connection, UUID id) {
        FollowedConversation conversation = memberships.get(id);
        if (conversation != null) {
            connection.want(id, conversation.lastPos(), 0);
        }
    }

    /** The next read; null if there is no connection to read for. */
    synchronized @Nullable Question question() {
        if (retired || known == null) {
            return null;
        }
        if (settled == doubt && !memberships.removed().isEmpty()) {
            doubt++; // whether the tables show them
        }
        return new Question(known, doubt, memberships.newest(), settled < doubt && bound == null);
    }

    /** Takes a transaction id that was assigned after the question. */
    synchronized void bind(Question question, long transaction) {
        bound = new Bound(question.doubt, question.number, transaction);
    }

    /** Takes a read for all connections, and schedules another one if a doubt remains. */
    synchronized void refresh(Changes changes, long nanoTime) {
        if (retired) {
            return;
        }
        if (isOtherHistory(changes)) {
            closeAll();
            return;
        }
        Set<UUID> entered = memberships.take(changes);
        for (Listed listed : changes.listed()) {
            FollowedConversation conversation = memberships.get(listed.conversationId());
            if (conversation == null) {
                continue;
            }
            boolean isNew = entered.contains(listed.conversationId());
            boolean toldLive = !listed.membershipChanged() && listed.lastPos() <= conversation.lastPos();
            for (FeedConnection connection : connections) {
                if (isNew || (listed.changed() && (!toldLive || connection.doubt > settled))) {
                    want(connection, listed.conversationId());
                }
            }
        }
        for (Ended ended : changes.ended()) {
            if (memberships.ended(ended.conversationId(), ended.version())) {
                gone(ended.conversationId());
            }
        }
        settle(changes);
        known = changes.snapshot();
        renewCursors(new Cursor(epoch, changes.snapshot()), nanoTime);
        serve();
        if (settled < doubt) {
            reader.refreshIn(this, pauses.next());
        }
    }

    private void renewCursors(Cursor cursor, long nanoTime) {
        for (FeedConnection connection : connections) {
            if (connection.isOpening() || !connection.lacks(cursor)) {
                continue;
            }
            if (nanoTime - connection.cursorNanos >= cursorInterval.toNanos()) {
                connection.tellCursor(cursor, nanoTime);
            } else {
                reader.refreshIn(this, renewal);
            }
        }
    }

    private boolean isOtherHistory(Changes changes) {
        return !epoch.isEmpty() && !epoch.equals(changes.epoch());
    }

    /** Settles the doubt if the snapshot shows all that had been delivered when it arose: then the tables are right. */
    private void settle(Changes changes) {
        Bound passed = bound;
        if (passed == null || changes.oldest() <= passed.transaction) {
            return;
        }
        bound = null;
        settled = passed.doubt;
        if (connections.stream().noneMatch(FeedConnection::isOpening)) {
            // A list that is being read may be older than this.
            memberships.forgetRemovals(passed.number);
        }
        // A release without the log ends memberships without a trace.
        memberships.endUnlisted(changes, passed.number).forEach(this::gone);
    }

    /** Raises a doubt, since the user may have missed events of the stream: every change is read and sent again. */
    synchronized void doubted() {
        if (!retired) {
            doubt++;
            connections.forEach(connection -> connection.doubt = doubt);
            pauses.reset();
            reader.refreshIn(this, Duration.ZERO);
        }
    }

    /**
     * Takes a membership of the user from the stream.
     *
     * @param version 0 if it is unknown
     * @param pos the place in the log that the table must have reached
     */
    synchronized void added(UUID id, long version, long pos) {
        if (!retired && memberships.added(id, version)) {
            connections.forEach(connection -> connection.want(id, pos, 0));
            changed();
        }
    }

    /**
     * Takes the end of a membership from the stream.
     *
     * @param version 0 if it is unknown
     */
    synchronized void removed(UUID id, long version) {
        if (retired) {
            return;
        }
        boolean followed = memberships.get(id) != null;
        if (memberships.removed(id, version)) {
            if (followed) {
                gone(id);
            }
            changed();
        }
    }

    private void gone(UUID id) {
        connections.forEach(connection -> connection.gone(id));
    }

    /** Sends a notice to all connections, if the user follows the conversation. */
    synchronized void tell(Notice notice) {
        if (memberships.get(notice.key().conversationId()) != null) {
            connections.forEach(connection -> connection.tell(notice));
            changed();
        }
    }

    /** Has the row of a conversation read, since the event is not enough for an activity. */
    synchronized void read(UUID id, long pos, long seq) {
        if (memberships.get(id) != null) {
            connections.forEach(connection -> connection.want(id, pos, seq));
            changed();
        }
    }

    /** A newer cursor is due some time after a change. */
    private void changed() {
        serve();
        if (known != null) {
            reader.refreshIn(this, renewal);
        }
    }

    private void serve() {
        for (FeedConnection connection : connections) {
            if (!connection.served && connection.hasWork()) {
                connection.served = true;
                reader.begin(this, connection);
            }
        }
    }

    /**
     * Sends a connection's events as far as possible; returns its next need.
     *
     * @param again whether to include rows that the table did not show
     */
    synchronized Turn next(FeedConnection connection, boolean again) {
        if (!connection.isEnded() && !connection.flush()) {
            return new Turn(Need.ROOM, List.of());
        }
        List<UUID> toRead = connection.toRead(again);
        if (!toRead.isEmpty()) {
            return new Turn(Need.ROWS, toRead);
        }
        if (connection.hasWork()) {
            return new Turn(Need.TIME, List.of());
        }
        connection.served = false;
        return new Turn(Need.NOTHING, List.of());
    }

    /** Takes the rows that were read for a connection. */
    synchronized void take(FeedConnection connection, List<UUID> asked, List<Row> rows) {
        Map<UUID, Row> shown = new HashMap<>();
        rows.forEach(row -> shown.put(row.conversationId(), row));
        if (!connection.take(asked, shown).isEmpty()) {
            // The membership has ended since, or its commit waits for a standby. A settled doubt tells which.
            doubted();
        }
    }

    /** Ends all feeds: the clients have data of another history. */
    synchronized void closeAll() {
        for (FeedConnection connection : List.copyOf(connections)) {
            if (!connection.isOpening()) {
                connection.client().tell("feed.closed", "{}");
            }
            leave(connection, new FeedResult.Unavailable());
        }
    }

    synchronized boolean isRetired() {
        return retired;
    }

    synchronized int size() {
        return connections.size();
    }
}
