package io.walcast.relay.feed;

import io.walcast.relay.feed.FeedTables.Row;
import io.walcast.relay.feed.Notice.Key;
import io.walcast.relay.feed.Notice.Kind;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The feed of one connection: the events that the client has to get, in their order.
 *
 * <p>If the row of a conversation has to be read from the table, it is sent first, and the conversation's notices wait
 * for it, since only the row has the title. For each conversation at most one row waits, and one notice of each kind.
 *
 * <p><b>Lifecycle.</b> It opens at most once, and ends once. <b>Concurrency.</b> Not thread-safe: guarded by the
 * monitor of its {@link UserFeed}.
 */
final class FeedConnection {

    /** Rows that are read at once. For a slow client they are held in memory. */
    static final int PAGE = 100;

    /** Reads of a row before an older state of it is sent. With growing pauses they take some ten seconds. */
    private static final int MOST_READS = 12;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private static final UUID NO_CONVERSATION = new UUID(0, 0);

    /** The numbers that a row must have reached, and the reads that did not show them. */
    private record Wanted(long pos, long seq, int reads) {}

    private enum Phase {
        OPENING,
        OPEN,
        ENDED
    }

    private final FeedClient client;
    private final Map<UUID, Wanted> wanted = new LinkedHashMap<>();
    private final Deque<Row> page = new ArrayDeque<>();
    private final Map<Key, Notice> waiting = new LinkedHashMap<>();
    private final Runnable onEnd;
    private Phase phase = Phase.OPENING;
    private @Nullable Consumer<FeedResult> answer;
    private boolean full;

    /** The pauses before rows that the table did not show are read again. */
    final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    private @Nullable Cursor lastCursor;

    /** Whether this connection has a task, running or due. */
    boolean served;

    /** When the last cursor was queued. */
    long cursorNanos;

    /** The doubt in which it opened: see {@link UserFeed}. */
    long doubt;

    /** @param onEnd runs once it has ended, with the monitor held */
    FeedConnection(FeedClient client, Consumer<FeedResult> answer, Runnable onEnd) {
        this.client = client;
        this.answer = answer;
        this.onEnd = onEnd;
    }

    FeedClient client() {
        return client;
    }

    boolean isOpening() {
        return phase == Phase.OPENING;
    }

    boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** Answers the request. From here on the client gets the events that wait. */
    void open(String cursor) {
        phase = Phase.OPEN;
        answer(new FeedResult.Opened(cursor));
    }

    /** Ends the feed. If the request is not answered yet, this result is the answer. */
    void end(FeedResult result) {
        phase = Phase.ENDED;
        wanted.clear();
        page.clear();
        waiting.clear();
        answer(result);
        onEnd.run();
    }

    private void answer(FeedResult result) {
        Consumer<FeedResult> open = answer;
        answer = null;
        if (open != null) {
            open.accept(result);
        }
    }

    /** Has the row of a conversation read, and sent once it has reached these numbers. */
    void want(UUID conversationId, long pos, long seq) {
        if (phase == Phase.ENDED) {
            return;
        }
        waiting.remove(new Key(Kind.GONE, conversationId));
        Wanted before = wanted.get(conversationId);
        if (before == null) {
            wanted.put(conversationId, new Wanted(pos, seq, 0));
        } else {
            wanted.put(conversationId, new Wanted(Math.max(pos, before.pos), Math.max(seq, before.seq), 0));
        }
    }

    /** Takes rows that were read. */
    void take(Collection<Row> rows) {
        page.addAll(rows);
    }

    /**
     * Takes the rows of a page. A row that is missing, or has not reached its numbers, has to be read again.
     *
     * @return the conversations whose row is still missing after {@link #MOST_READS} reads
     */
    List<UUID> take(List<UUID> asked, Map<UUID, Row> rows) {
        List<UUID> missing = new ArrayList<>();
        for (UUID conversationId : asked) {
            Wanted want = wanted.get(conversationId);
            Row row = rows.get(conversationId);
            if (want == null) {
                continue;
            }
            if (row != null && (shows(row, want) || want.reads >= MOST_READS)) {
                page.add(row);
                continue;
            }
            if (row == null && want.reads == MOST_READS) {
                missing.add(conversationId);
            }
            // Moved to the end: others need not wait for it.
            wanted.remove(conversationId);
            wanted.put(conversationId, new Wanted(want.pos, want.seq, want.reads + 1));
        }
        return missing;
    }

    private static boolean shows(Row row, Wanted want) {
        return row.lastPos() >= want.pos && row.lastSeq() >= want.seq;
    }

    /**
     * The conversations to be read next.
     *
     * @param again whether to include those that a page has not shown
     */
    List<UUID> toRead(boolean again) {
        return wanted.entrySet().stream()
                .filter(entry -> again || entry.getValue().reads == 0)
                .limit(PAGE)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether the feed is open and events wait. */
    boolean hasWork() {
        return phase == Phase.OPEN && !(wanted.isEmpty() && page.isEmpty() && waiting.isEmpty());
    }

    /** Sends a notice to the client, now or later. */
    void tell(Notice notice) {
        Key key = notice.key();
        if (phase == Phase.OPEN
                && !full
                && !wanted.containsKey(key.conversationId())
                && !waiting.containsKey(key)
                && client.offer(notice.event())) {
            return;
        }
        if (phase != Phase.ENDED) {
            waiting.merge(key, notice, (earlier, later) -> later.after(earlier));
        }
    }

    /** Whether this cursor differs from the last one. */
    boolean lacks(Cursor cursor) {
        return !cursor.equals(lastCursor);
    }

    /** Sends the cursor after all events that wait now. */
    void tellCursor(Cursor cursor, long nanoTime) {
        lastCursor = cursor;
        cursorNanos = nanoTime;
        var key = new Key(Kind.CURSOR, NO_CONVERSATION);
        String json = "{\"cursor\":\"" + cursor + "\"}";
        waiting.remove(key); // what has been added since must come before it
        waiting.put(key, new Notice.Latest(key, RoomEvent.notice(NO_CONVERSATION, "feed.cursor", json)));
    }

    /** Tells the client at once that the user is no longer a member. */
    void gone(UUID conversationId) {
        forget(conversationId);
        if (phase == Phase.OPEN) {
            client.tell("conversation.gone", gone(conversationId.toString()));
        }
    }

    /** Queues the news that the user has not been a member since some time after the cursor. */
    void goneSince(UUID conversationId) {
        forget(conversationId);
        var key = new Key(Kind.GONE, conversationId);
        waiting.put(
                key,
                new Notice.Latest(
                        key, RoomEvent.notice(conversationId, "conversation.gone", gone(conversationId.toString()))));
    }

    private static String gone(String conversationId) {
        return "{\"conversationId\":\"" + conversationId + "\"}";
    }

    /** Drops all waiting events of a conversation. */
    void forget(UUID conversationId) {
        wanted.remove(conversationId);
        page.removeIf(row -> row.conversationId().equals(conversationId));
        waiting.keySet().removeIf(key -> key.conversationId().equals(conversationId));
    }

    /**
     * Sends as many of the waiting events as possible.
     *
     * @return false if the client's queue is full
     */
    boolean flush() {
        full = !flushRows() || !flushNotices();
        return !full;
    }

    private boolean flushRows() {
        while (!page.isEmpty()) {
            Row row = page.element();
            UUID conversationId = row.conversationId();
            if (!client.offer(RoomEvent.notice(conversationId, "conversation.activity", row.json()))) {
                return false;
            }
            page.remove();
            Wanted want = wanted.get(conversationId);
            if (want != null && (shows(row, want) || want.reads >= MOST_READS)) {
                wanted.remove(conversationId);
            }
            waiting.computeIfPresent(
                    new Key(Kind.ACTIVITY, conversationId),
                    (key, notice) ->
                            notice instanceof Activity activity && activity.lastPos() <= row.lastPos() ? null : notice);
        }
        return true;
    }

    private boolean flushNotices() {
        for (Iterator<Notice> notices = waiting.values().iterator(); notices.hasNext(); ) {
            Notice notice = notices.next();
            Key key = notice.key();
            if (key.kind() == Kind.CURSOR ? !wanted.isEmpty() : wanted.containsKey(key.conversationId())) {
                continue;
            }
            if (!client.offer(notice.event())) {
                return false;
            }
            notices.remove();
        }
        return true;
    }
}
