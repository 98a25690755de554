package io.walcast.relay.rooms;

import io.walcast.relay.rooms.Conversations.Question;
import io.walcast.relay.rooms.Conversations.Tail;
import io.walcast.relay.rooms.JoinResult.HistoryChanged;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.NotFound;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.JoinResult.Unavailable;
import io.walcast.relay.runtime.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Answers requests to join rooms. Waiting joins are read from the database in batches, so a burst of them after a
 * restart costs few statements. A join that is superseded, or whose client has gone, costs none.
 *
 * <p>A join that has waited for too long is refused without a query: its client is about to give up, and tries again
 * after a growing pause.
 *
 * <p><b>Concurrency.</b> Thread-safe; each join is answered once. <b>Error policy.</b> A join that cannot be read is
 * answered {@link Unavailable}.
 */
class Admissions {

    private static final Logger LOG = LoggerFactory.getLogger(Admissions.class);

    private static final int AT_ONCE = 256;

    /** Half of the time for which our own client waits for an answer. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final int MOST_WAITING = 100_000;

    /** How long a commit that was broadcast may take to become visible to a join. */
    static final Duration VISIBILITY_WAIT = Duration.ofSeconds(2);

    private final Conversations conversations;
    private final Tasks tasks;
    private final RoomMeters meters;
    private final LinkedBlockingQueue<Admission> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

    /** Tasks that are about to take joins from the queue: at most one for each thread. */
    private final AtomicInteger serving = new AtomicInteger();

    Admissions(Conversations conversations, Tasks tasks, RoomMeters meters) {
        this.conversations = conversations;
        this.tasks = tasks;
        this.meters = meters;
        meters.countJoinsWaiting(waiting);
    }

    long nanoTime() {
        return tasks.nanoTime();
    }

    void add(Admission admission) {
        if (waiting.offer(admission)) {
            wake();
        } else {
            answer(admission, new Unavailable());
        }
    }

    private void wake() {
        int before = serving.getAndUpdate(count -> Math.min(count + 1, RoomThreads.JOIN_THREADS));
        if (before < RoomThreads.JOIN_THREADS) {
            tasks.execute(this::serve);
        }
    }

    private void serve() {
        try {
            serveSome();
        } finally {
            serving.decrementAndGet();
            if (!waiting.isEmpty()) {
                wake();
            }
        }
    }

    private void serveSome() {
        List<Admission> batch = new ArrayList<>();
        waiting.drainTo(batch, AT_ONCE);
        batch.removeIf(this::isSettledUnasked);
        if (batch.isEmpty()) {
            return;
        }
        List<Question> questions = new ArrayList<>(batch.size());
        List<Tail> tails;
        try {
            for (Admission admission : batch) {
                questions.add(
                        admission.room.question(admission.subscription.subscriber.userId(), admission.askedAfter()));
            }
            tails = conversations.tails(questions);
        } catch (DataAccessException e) {
            LOG.warn("Could not answer {} joins: {}", batch.size(), e.getMessage());
            batch.forEach(admission -> answer(admission, new Unavailable()));
            return;
        } catch (RuntimeException | Error e) {
            LOG.error("Could not answer {} joins", batch.size(), e);
            batch.forEach(admission -> answer(admission, new Unavailable()));
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            try {
                decide(batch.get(i), questions.get(i), tails.get(i));
            } catch (RuntimeException | Error e) {
                LOG.error("Could not answer a join", e);
                answer(batch.get(i), new Unavailable());
            }
        }
    }

    private boolean isSettledUnasked(Admission admission) {
        Subscription subscription = admission.subscription;
        if (subscription.subscriber.isGone()) {
            admission.room.leave(subscription);
        }
        if (admission.room.ended(subscription)) {
            answer(admission, new Superseded());
            return true;
        }
        if (waited(admission, LONGEST_WAIT)) {
            answer(admission, new Unavailable());
            return true;
        }
        return false;
    }

    private void decide(Admission admission, Question question, Tail tail) {
        @Nullable JoinResult result = result(admission, question, tail);
        if (result == null && waited(admission, VISIBILITY_WAIT)) {
            result = new Unavailable();
        }
        if (result != null) {
            answer(admission, result, tail.reads());
        } else {
            tasks.after(admission.nextPause(), () -> add(admission));
        }
    }

    /** Null if the tables do not show yet all that was delivered. */
    private static @Nullable JoinResult result(Admission admission, Question question, Tail tail) {
        if (!tail.membershipSettled()) {
            return null;
        }
        if (!tail.member()) {
            return new NotFound();
        }
        JoinPosition position = admission.position;
        if (position.epoch() != null && !position.epoch().equals(tail.epoch())) {
            return new HistoryChanged();
        }
        if (isWithin(position, tail.lastSeq(), tail.lastPos())) {
            return new Joined(
                    question.conversationId(),
                    servedAfter(position, tail),
                    tail.lastSeq(),
                    tail.lastPos(),
                    tail.epoch());
        }
        // The WAL shows a commit before other transactions see it, and long before while a synchronous standby is away.
        // So a client may be ahead of the table.
        boolean mayBecomeVisible = isWithin(
                        position,
                        Math.max(tail.lastSeq(), admission.room.newestSeq()),
                        Math.max(tail.lastPos(), admission.room.newest()))
                && !(tail.newestSettled() && admission.room.isNewest(question.newestRow()));
        return mayBecomeVisible ? null : new HistoryChanged();
    }

    private static boolean isWithin(JoinPosition position, long lastSeq, long lastPos) {
        return (position.after() == null || position.after() <= lastSeq)
                && (position.pos() == null || position.pos() <= lastPos);
    }

    private static long servedAfter(JoinPosition position, Tail tail) {
        if (position.pos() != null) {
            return position.pos();
        }
        return position.after() == null ? tail.lastPos() : tail.afterPos();
    }

    private void answer(Admission admission, JoinResult result) {
        answer(admission, result, List.of());
    }

    private void answer(Admission admission, JoinResult result, List<RoomEvent> reads) {
        try {
            meters.joined(admission.answer(result, reads));
        } catch (RuntimeException | Error e) {
            // The other joins are still answered.
            LOG.error("A join could not be answered", e);
        }
    }

    private boolean waited(Admission admission, Duration limit) {
        return tasks.nanoTime() - admission.sinceNanos > limit.toNanos();
    }
}
