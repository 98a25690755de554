package io.walcast.relay.feed;

import io.walcast.relay.feed.FeedTables.Changes;
import io.walcast.relay.feed.UserFeed.Question;
import io.walcast.relay.feed.UserFeed.Turn;
import io.walcast.relay.runtime.Backoff;
import io.walcast.relay.runtime.Tasks;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Reads the tables for feeds: the first list of a connection, pages of rows at its client's speed, and the changes for
 * a user since the last read.
 *
 * <p>A connection has at most one task at a time and a user at most one refresh, so many share the threads fairly.
 *
 * <p><b>Concurrency.</b> Thread-safe. <b>Error policy.</b> A list that cannot be read is answered {@link
 * FeedResult.Unavailable}. Any other failed read is tried again after 1 s to 16 s, since nothing else would continue
 * it.
 */
final class FeedReader {

    private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(16);

    private static final Duration BUSY = Duration.ofMillis(100);

    /** Half of the time for which our own client waits for an answer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final FeedTables tables;
    private final Tasks tasks;

    /** When the next refresh of a user is due. */
    private final Map<UserFeed, Long> due = new ConcurrentHashMap<>();

    /** Users with a refresh in progress. Two at a time could be applied in the wrong order. */
    private final Set<UserFeed> refreshing = ConcurrentHashMap.newKeySet();

    private final Map<UserFeed, Backoff> failing = new ConcurrentHashMap<>();

    FeedReader(FeedTables tables, Tasks tasks) {
        this.tables = tables;
        this.tasks = tasks;
    }

    /** Reads the list for a connection that has entered. */
    void open(UserFeed user, FeedConnection connection, @Nullable Cursor cursor) {
        long asked = tasks.nanoTime();
        tasks.execute(() -> {
            if (connection.client().isGone() || connection.isEnded()) {
                user.leave(connection, new FeedResult.Superseded());
            } else if (tasks.nanoTime() - asked > LONGEST_WAIT.toNanos()) {
                user.leave(connection, new FeedResult.Unavailable());
            } else {
                openNow(user, connection, cursor);
            }
        });
    }

    private void openNow(UserFeed user, FeedConnection connection, @Nullable Cursor cursor) {
        try {
            Changes changes =
                    tables.changes(user.userId(), cursor == null ? null : cursor.snapshot(), FeedConnection.PAGE);
            user.open(connection, cursor, changes, tasks.nanoTime());
        } catch (RuntimeException | Error e) {
            log("open a feed", e);
            user.leave(connection, new FeedResult.Unavailable());
        }
    }

    /** Starts the connection's one task. Called with the user's monitor held. */
    void begin(UserFeed user, FeedConnection connection) {
        tasks.execute(() -> step(user, connection, false));
    }

    private void step(UserFeed user, FeedConnection connection, boolean again) {
        if (connection.client().isGone()) {
            user.leave(connection, new FeedResult.Superseded());
        }
        Duration pause = Duration.ZERO;
        try {
            Turn turn = user.next(connection, again);
            switch (turn.need()) {
                case NOTHING -> {
                    connection.pauses.reset();
                    return;
                }
                case ROOM -> {
                    connection.client().whenDrained(() -> begin(user, connection));
                    return;
                }
                case TIME -> {
                    tasks.after(connection.pauses.next(), () -> step(user, connection, true));
                    return;
                }
                case ROWS -> user.take(connection, turn.toRead(), tables.rows(user.userId(), turn.toRead()));
            }
        } catch (RuntimeException | Error e) {
            log("read conversations of a feed", e);
            pause = FIRST_RETRY;
        }
        tasks.after(pause, () -> step(user, connection, false));
    }

    /** Schedules a refresh of the user after this pause, unless one is due sooner. */
    void refreshIn(UserFeed user, Duration pause) {
        long time = tasks.nanoTime() + pause.toNanos();
        Long before = due.get(user);
        if (before == null || time < before) {
            due.put(user, time);
            tasks.after(pause, () -> refresh(user, time));
        }
    }

    private void refresh(UserFeed user, long time) {
        if (!due.remove(user, time)) {
            return;
        }
        if (!refreshing.add(user)) {
            refreshIn(user, BUSY);
            return;
        }
        try {
            Question question = user.question();
            if (question != null) {
                if (question.isOpen()) {
                    user.bind(question, tables.nextTransaction());
                }
                user.refresh(tables.changes(user.userId(), question.since(), 0), tasks.nanoTime());
            }
            failing.remove(user);
        } catch (RuntimeException | Error e) {
            log("refresh a feed", e);
            Backoff retries = failing.computeIfAbsent(user, any -> new Backoff(FIRST_RETRY, LONGEST_RETRY));
            refreshIn(user, retries.next());
        } finally {
            refreshing.remove(user);
        }
    }

    private static void log(String what, Throwable e) {
        if (e instanceof DataAccessException) {
            LOG.warn("Could not {}: {}", what, e.getMessage());
        } else {
            LOG.error("Could not {}", what, e);
        }
    }
}
