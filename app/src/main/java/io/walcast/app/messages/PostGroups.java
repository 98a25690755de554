package io.walcast.app.messages;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.walcast.app.messages.PendingPost.Outcome;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Writes the posts that arrive during one statement together in the next one, without a timer.
 *
 * <p>A post that finds a writer free is written on its own thread, together with the posts that wait by then; so a lone
 * post changes no thread. After a group is written its writer is free, and the thread of the first waiting post writes
 * the next group. Posts to conversations that another transaction has locked are written separately, one conversation
 * after the other, by a single writer that waits for the locks. Other posts do not wait for them.
 *
 * <p><b>Concurrency.</b> Thread-safe; one lock guards the queue, and no statement runs under it. <b>Error policy.</b>
 * Each post gets its own outcome, even if its writer fails. A post that waited too long is removed from the queue
 * unless its writing has begun.
 */
@Component
@EnableConfigurationProperties(PostSettings.class)
class PostGroups {

    /** No lost wake-up is known; a lost one would cost at most this. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Posts of one statement.
     *
     * @param awaitsLocks whether the statement waits for a conversation that another transaction has locked
     */
    record Group(List<PendingPost> posts, boolean awaitsLocks) {}

    /** Writes one group at a time on each thread that leads one. */
    interface Writer {

        /**
         * Completes each post of the group, except for those that it returns: another transaction has locked their
         * conversation.
         */
        List<PendingPost> write(Group group);
    }

    private final Writer writer;
    private final PostSettings settings;
    private final DistributionSummary groupSizes;
    private final Timer waits;
    private final Counter rejected;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as are all later fields. */
    private final PostQueue queue;

    private int writers;
    private boolean awaitingLock;

    PostGroups(Writer writer, PostSettings settings, MeterRegistry meters) {
        this.writer = writer;
        this.settings = settings;
        this.queue = new PostQueue(settings);
        this.groupSizes = DistributionSummary.builder("walcast.posts.group.size")
                .description("Posts that one statement wrote")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
                .register(meters);
        this.waits = Timer.builder("walcast.posts.wait")
                .description("Time that posts waited for a statement")
                .serviceLevelObjectives(
                        Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
                .register(meters);
        this.rejected = Counter.builder("walcast.posts.rejected")
                .description("Posts that were answered 503 because too many waited, or for too long")
                .register(meters);
        Gauge.builder("walcast.posts.waiting", this, PostGroups::waiting)
                .description("Posts that wait for a statement")
                .register(meters);
    }

    /**
     * Writes the post, alone or with others.
     *
     * @return its outcome; {@link Outcome.Refused} if it was not to be written
     * @throws ProblemException {@code overloaded} if it was not written because too many posts wait, or it has waited
     *     for too long
     * @throws RuntimeException the failure of this post's statement in the database
     */
    Outcome write(PendingPost post) {
        // An interrupt, as at shutdown, must not make a waiting thread spin.
        boolean interrupted = Thread.interrupted();
        try {
            enter(post);
            Outcome outcome = await(post);
            while (outcome == null) {
                LockSupport.parkNanos(post, parkTime(post));
                interrupted |= Thread.interrupted();
                outcome = await(post);
            }
            if (outcome instanceof Outcome.Failed failed) {
                throw failed.cause();
            }
            return outcome;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A post that is being written continues to wait, even after {@code maxWait}. */
    private long parkTime(PendingPost post) {
        long left = post.timeLeft(settings.maxWait());
        return left > 0 ? Math.min(left, LONGEST_PARK_NANOS) : LONGEST_PARK_NANOS;
    }

    private void enter(PendingPost post) {
        lock.lock();
        try {
            if (!queue.offer(post)) {
                throw rejection("Too many posts wait to be written.");
            }
            appointWriters();
        } finally {
            lock.unlock();
        }
    }

    /** Writes groups while this thread is appointed; null if the post has no outcome yet and must wait. */
    private @Nullable Outcome await(PendingPost post) {
        for (Group group = post.group(); group != null; group = post.group()) {
            lead(group);
        }
        Outcome outcome = post.outcome();
        if (outcome == null && post.timeLeft(settings.maxWait()) <= 0 && leave(post)) {
            throw rejection("The post waited for too long.");
        }
        return outcome;
    }

    /** Writes the group on this thread, whose post is in it, and appoints the next writer. */
    private void lead(Group group) {
        long begun = System.nanoTime();
        List<PendingPost> notWritten = List.of();
        try {
            notWritten = writer.write(group);
            measure(group, notWritten, begun);
        } finally {
            release(group, notWritten);
        }
    }

    private void measure(Group group, List<PendingPost> notWritten, long begun) {
        int written = group.posts().size() - notWritten.size();
        if (written > 0) {
            groupSizes.record(written);
        }
        for (PendingPost post : group.posts()) {
            if (post.outcome() != null) {
                waits.record(begun - post.arrivedNanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void release(Group group, List<PendingPost> notWritten) {
        lock.lock();
        try {
            for (PendingPost post : group.posts()) {
                if (post.outcome() == null && !notWritten.contains(post)) {
                    post.complete(new Outcome.Failed(
                            new IllegalStateException("the writer of the post ended without an outcome")));
                }
                post.waitAgain();
            }
            queue.end(group.posts(), notWritten);
            if (group.awaitsLocks()) {
                awaitingLock = false;
            } else {
                writers--;
            }
            appointWriters();
        } finally {
            lock.unlock();
        }
    }

    private void appointWriters() {
        while (writers < settings.writers() && appoint(queue.takeGroup(), false)) {
            writers++;
        }
        if (!awaitingLock) {
            awaitingLock = appoint(queue.takeLockedGroup(), true);
        }
    }

    private static boolean appoint(List<PendingPost> posts, boolean awaitsLocks) {
        if (posts.isEmpty()) {
            return false;
        }
        posts.get(0).lead(new Group(posts, awaitsLocks));
        return true;
    }

    private boolean leave(PendingPost post) {
        lock.lock();
        try {
            return queue.remove(post);
        } finally {
            lock.unlock();
        }
    }

    private int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private ProblemException rejection(String reason) {
        rejected.increment();
        // Random, so that clients that were rejected together do not come back together.
        int seconds = ThreadLocalRandom.current().nextInt(1, 6);
        return new ProblemException(ProblemType.OVERLOADED, reason + " Try again in " + seconds + " s.")
                .withHeader(HttpHeaders.RETRY_AFTER, Integer.toString(seconds));
    }
}
