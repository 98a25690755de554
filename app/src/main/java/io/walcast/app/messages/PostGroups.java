package io.walcast.app.messages;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.walcast.app.messages.PendingPost.Key;
import io.walcast.app.messages.PendingPost.Outcome;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Lets posts that wait while a statement is on its way leave together in the next one, without a timer.
 *
 * <p>A post that finds a writer free writes on its own thread, and takes along what waits by then; so a lone post changes
 * no thread. When a group is written its writer is free, and the first post that waits becomes the writer of the next.
 *
 * <p>Posts of one conversation are written in the order of their arrival: a conversation is in one statement at a time, and
 * a key as well. While others wait a conversation gets a quarter of a group. Conversations that another transaction has
 * locked are written apart, one after the other, by a single writer that awaits their locks; other posts do not wait for
 * them.
 *
 * <p><b>Concurrency.</b> Thread-safe; one lock guards what waits, and no statement runs under it. <b>Error policy.</b> Each
 * post gets its own outcome. A post that has waited for too long leaves the queue before it is written, or not at all.
 */
@Component
@EnableConfigurationProperties(PostSettings.class)
class PostGroups {

    /** The share of a conversation in a group while others wait: one in so many. */
    private static final int SHARES = 4;

    /** Nobody's outcome is lost; this is for wake-ups that are. */
    private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Posts of one statement.
     *
     * @param awaitsLocks whether the statement waits for a conversation that another transaction has locked
     */
    record Group(List<PendingPost> posts, boolean awaitsLocks) {}

    /** Writes one group at a time on each thread that leads one. */
    interface Writer {

        /** Completes each post of the group, but for those that it returns: another transaction has their conversation. */
        List<PendingPost> write(Group group);
    }

    private final Writer writer;
    private final PostSettings settings;
    private final DistributionSummary groupSizes;
    private final Timer waits;
    private final Counter rejected;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as is all that follows. */
    private final Deque<PendingPost> waiting = new ArrayDeque<>();

    private final Set<UUID> conversationsBeingWritten = new HashSet<>();
    private final Set<Key> keysBeingWritten = new HashSet<>();

    /** By conversation, those that waited for longest first. */
    private final Map<UUID, Deque<PendingPost>> locked = new LinkedHashMap<>();

    private int writers;
    private boolean awaitingLock;
    private int waitingPosts;
    private long waitingBytes;

    PostGroups(Writer writer, PostSettings settings, MeterRegistry meters) {
        this.writer = writer;
        this.settings = settings;
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
        Gauge.builder("walcast.posts.waiting", this, groups -> groups.waitingPosts)
                .description("Posts that wait for a statement")
                .register(meters);
    }

    /**
     * Writes the post, alone or with others.
     *
     * @return its outcome; {@link Outcome.Refused} if it was not to be written
     * @throws ProblemException {@code overloaded} if it was not written because too many posts wait, or it has waited for
     *     too long
     * @throws RuntimeException what the database said of this post
     */
    Outcome write(PendingPost post) {
        enter(post);
        Outcome outcome = await(post);
        if (outcome instanceof Outcome.Failed failed) {
            throw failed.cause();
        }
        return outcome;
    }

    private void enter(PendingPost post) {
        lock.lock();
        try {
            if (waitingPosts >= settings.maxWaiting()
                    || waitingPosts > 0
                            && waitingBytes + post.bytes
                                    > settings.maxWaitingSize().toBytes()) {
                throw rejection("Too many posts wait to be written.");
            }
            Deque<PendingPost> queue = locked.getOrDefault(post.conversationId(), waiting);
            queue.addLast(post);
            waitingPosts++;
            waitingBytes += post.bytes;
            appointWriters();
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(PendingPost post) {
        while (true) {
            Group group = post.group();
            if (group != null) {
                lead(group);
            }
            Outcome outcome = post.outcome();
            if (outcome != null) {
                return outcome;
            }
            long left = timeLeft(post);
            if (left > 0) {
                LockSupport.parkNanos(post, Math.min(left, LONGEST_PARK_NANOS));
            } else if (leave(post)) {
                throw rejection("The post waited for too long.");
            } else if (post.outcome() == null && post.group() == null) {
                LockSupport.parkNanos(post, LONGEST_PARK_NANOS);
            }
        }
    }

    /** Writes the group on this thread, whose post is in it, and appoints who writes next. */
    private void lead(Group group) {
        List<PendingPost> notWritten = List.of();
        try {
            groupSizes.record(group.posts().size());
            for (PendingPost post : group.posts()) {
                waits.record(System.nanoTime() - post.arrivedNanos, TimeUnit.NANOSECONDS);
            }
            notWritten = writer.write(group);
        } finally {
            release(group, notWritten);
        }
    }

    private void release(Group group, List<PendingPost> notWritten) {
        lock.lock();
        try {
            for (PendingPost post : group.posts()) {
                conversationsBeingWritten.remove(post.conversationId());
                if (post.key != null) {
                    keysBeingWritten.remove(post.key);
                }
                post.waitAgain();
            }
            queueAsLocked(notWritten);
            if (group.awaitsLocks()) {
                awaitingLock = false;
                rotate(group.posts().get(0).conversationId());
            } else {
                writers--;
            }
            appointWriters();
        } finally {
            lock.unlock();
        }
    }

    /** Another transaction has these posts' conversations: they wait apart, ahead of later posts of the same ones. */
    private void queueAsLocked(List<PendingPost> posts) {
        for (int i = posts.size() - 1; i >= 0; i--) {
            PendingPost post = posts.get(i);
            locked.computeIfAbsent(post.conversationId(), id -> movedFromWaiting(id))
                    .addFirst(post);
            waitingPosts++;
            waitingBytes += post.bytes;
        }
    }

    private Deque<PendingPost> movedFromWaiting(UUID conversationId) {
        Deque<PendingPost> moved = new ArrayDeque<>();
        for (Iterator<PendingPost> posts = waiting.iterator(); posts.hasNext(); ) {
            PendingPost post = posts.next();
            if (post.conversationId().equals(conversationId)) {
                moved.addLast(post);
                posts.remove();
            }
        }
        return moved;
    }

    /** The next locked conversation's turn; one of which nothing waits any more is an ordinary one again. */
    private void rotate(UUID conversationId) {
        Deque<PendingPost> rest = locked.remove(conversationId);
        if (rest != null && !rest.isEmpty()) {
            locked.put(conversationId, rest);
        }
    }

    private long timeLeft(PendingPost post) {
        return post.arrivedNanos + settings.maxWait().toNanos() - System.nanoTime();
    }

    private boolean leave(PendingPost post) {
        lock.lock();
        try {
            boolean waited = waiting.remove(post);
            Deque<PendingPost> apart = locked.get(post.conversationId());
            if (!waited && apart != null && apart.remove(post)) {
                waited = true;
                if (apart.isEmpty() && !awaitingLock) {
                    locked.remove(post.conversationId());
                }
            }
            if (waited) {
                waitingPosts--;
                waitingBytes -= post.bytes;
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    private ProblemException rejection(String reason) {
        rejected.increment();
        // Spread out, so that clients that were rejected together do not come back together.
        int seconds = ThreadLocalRandom.current().nextInt(1, 6);
        return new ProblemException(ProblemType.OVERLOADED, reason + " Try again in " + seconds + " s.")
                .withHeader(HttpHeaders.RETRY_AFTER, Integer.toString(seconds));
    }

    private void appointWriters() {
        while (writers < settings.writers()) {
            List<PendingPost> posts = nextGroup();
            if (posts.isEmpty()) {
                break;
            }
            writers++;
            begin(new Group(posts, false));
        }
        if (!awaitingLock && !locked.isEmpty()) {
            List<PendingPost> posts = nextLockedGroup();
            if (!posts.isEmpty()) {
                awaitingLock = true;
                begin(new Group(posts, true));
            }
        }
    }

    private void begin(Group group) {
        for (PendingPost post : group.posts()) {
            conversationsBeingWritten.add(post.conversationId());
            if (post.key != null) {
                keysBeingWritten.add(post.key);
            }
            waitingPosts--;
            waitingBytes -= post.bytes;
        }
        group.posts().get(0).lead(group);
    }

    /** Takes what may be written together now, in the order of arrival. */
    private List<PendingPost> nextGroup() {
        List<PendingPost> group = new ArrayList<>();
        var bound = new Bound();
        take(waiting, group, bound, Math.max(1, settings.groupPosts() / SHARES));
        take(waiting, group, bound, settings.groupPosts());
        group.sort(Comparator.comparingLong(post -> post.arrivedNanos));
        return group;
    }

    private List<PendingPost> nextLockedGroup() {
        List<PendingPost> group = new ArrayList<>();
        for (Iterator<Deque<PendingPost>> queues = locked.values().iterator(); queues.hasNext() && group.isEmpty(); ) {
            Deque<PendingPost> posts = queues.next();
            if (posts.isEmpty()) {
                queues.remove();
            } else {
                take(posts, group, new Bound(), settings.groupPosts());
            }
        }
        return group;
    }

    private void take(Deque<PendingPost> queue, List<PendingPost> group, Bound bound, int share) {
        Set<UUID> passedOver = new HashSet<>();
        for (Iterator<PendingPost> posts = queue.iterator(); posts.hasNext() && !bound.isReached(); ) {
            PendingPost post = posts.next();
            if (timeLeft(post) <= 0) {
                continue; // Its own thread is about to take it out.
            }
            if (conversationsBeingWritten.contains(post.conversationId())
                    || passedOver.contains(post.conversationId())
                    || !bound.admits(post, share)) {
                passedOver.add(post.conversationId());
            } else {
                group.add(post);
                posts.remove();
            }
        }
    }

    /** What one group may still take. */
    private final class Bound {

        private final Map<UUID, Integer> byConversation = new HashMap<>();
        private final Set<Key> keys = new HashSet<>();
        private int posts;
        private long bytes;

        boolean isReached() {
            return posts >= settings.groupPosts();
        }

        boolean admits(PendingPost post, int share) {
            if (post.key != null && (keysBeingWritten.contains(post.key) || keys.contains(post.key))) {
                return false;
            }
            if (posts > 0 && bytes + post.bytes > settings.groupSize().toBytes()) {
                return false;
            }
            int already = byConversation.getOrDefault(post.conversationId(), 0);
            if (already >= share) {
                return false;
            }
            byConversation.put(post.conversationId(), already + 1);
            if (post.key != null) {
                keys.add(post.key);
            }
            posts++;
            bytes += post.bytes;
            return true;
        }
    }
}
