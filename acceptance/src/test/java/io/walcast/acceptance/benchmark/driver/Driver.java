package io.walcast.acceptance.benchmark.driver;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Clients of one server: sockets that listen, and connections that post.
 *
 * <p><b>Lifecycle.</b> From {@link #connect} to {@link #close()}. <b>Concurrency.</b> For one thread, which its methods
 * keep until they are done. <b>Error policy.</b> A refusal, a failed post or a lost socket ends the run: nothing that a
 * server sheds may look like speed.
 */
public final class Driver implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int OPEN_AT_ONCE = 200;

    private final Reactor reactor = new Reactor();
    private final int port;
    private final List<UUID> conversations;
    private final int socketsPerRoom;
    private final Ledger ledger;
    private final Posts posts;

    private Driver(int port, List<UUID> conversations, int socketsPerRoom, int mostPosts) {
        this.port = port;
        this.conversations = conversations;
        this.socketsPerRoom = socketsPerRoom;
        this.ledger = new Ledger(mostPosts, socketsPerRoom);
        this.posts = new Posts(reactor, port, conversations, Driver::poster, ledger);
    }

    /** Who posts to the conversation of that index. */
    public static String poster(int conversation) {
        return "poster-" + conversation;
    }

    /**
     * Has sockets join, and waits until all have.
     *
     * @param listenerOf the user of the n-th socket
     */
    public static Driver connect(
            int port,
            List<UUID> conversations,
            int socketsPerRoom,
            IntFunction<String> listenerOf,
            int postConnections,
            int mostPosts) {
        var driver = new Driver(port, conversations, socketsPerRoom, mostPosts);
        int opened = 0;
        for (UUID conversation : conversations) {
            var room = new Room(conversation, driver.ledger);
            for (int i = 0; i < socketsPerRoom; i++) {
                String user = listenerOf.apply(opened++);
                driver.onReactor(() -> driver.reactor.connect(port, new ChatSocket(room, user, port)));
                if (opened % OPEN_AT_ONCE == 0) {
                    driver.awaitJoined(opened);
                }
            }
        }
        driver.awaitJoined(opened);
        for (int i = 0; i < postConnections; i++) {
            driver.onReactor(driver.posts::open);
        }
        return driver;
    }

    public Ledger ledger() {
        return ledger;
    }

    public List<UUID> conversations() {
        return conversations;
    }

    /** Posts at a fixed rate, answered or not, for so long. */
    public void postAt(int perSecond, Duration duration) {
        long begin = System.nanoTime();
        long count = perSecond * duration.toNanos() / 1_000_000_000L;
        for (long i = 0; i < count; i++) {
            long due = begin + i * 1_000_000_000L / perSecond;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            reactor.execute(() -> posts.due(due));
            check();
        }
    }

    /** Posts over every connection as soon as its last post is answered, for so long. */
    public void postAsFastAsAnswered(Duration duration) {
        reactor.execute(() -> posts.closedLoop(true));
        sleep(duration);
        reactor.execute(() -> posts.closedLoop(false));
        await("every post is answered").atMost(LIMIT).until(() -> ledger.answered() == ledger.made());
    }

    /** Keeps so many messages on their way to a room, the next one posted when one has arrived everywhere. */
    public void postAsFastAsDelivered(int onTheirWay, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            long complete = ledger.arrived() / socketsPerRoom;
            long free = onTheirWay - (ledger.made() - complete);
            if (free > 0) {
                onReactor(() -> {
                    for (int i = 0; i < free; i++) {
                        posts.due(System.nanoTime());
                    }
                });
            } else {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
            }
            check();
        }
    }

    /** Expects messages that somebody else writes; returns the number of the first. */
    public int expect(int messages) {
        int first = ledger.made();
        onReactor(() -> {
            for (int i = 0; i < messages; i++) {
                ledger.post(System.nanoTime());
                ledger.noteAnswer();
            }
        });
        return first;
    }

    /** Waits until everything that was posted has arrived; returns how long that took. */
    public Duration awaitDelivered() {
        long begin = System.nanoTime();
        try {
            await().pollInterval(Duration.ofMillis(2)).atMost(LIMIT).until(() -> {
                check();
                return ledger.missing() <= 0 && ledger.answered() == ledger.made();
            });
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("not everything arrived within %s: %s".formatted(LIMIT, ledger), e);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Begins to measure: latencies of messages posted before are left out. */
    public void measure() {
        onReactor(ledger::measure);
    }

    /** Time from when a post was due until it arrived, in ns. */
    public Histogram latencies() {
        return onReactor(ledger::latencies);
    }

    /** Lets time pass. */
    public void sleep(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, 100_000_000));
            check();
        }
    }

    @Override
    public void close() {
        reactor.close();
    }

    private void awaitJoined(int count) {
        await("sockets have joined")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    check();
                    return ledger.joined() >= count;
                });
    }

    private void check() {
        reactor.check();
        String trouble = ledger.trouble();
        if (trouble != null) {
            throw new IllegalStateException("a client of port " + port + ": " + trouble);
        }
    }

    private void onReactor(Runnable task) {
        onReactor(() -> {
            task.run();
            return true;
        });
    }

    private <T> T onReactor(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, reactor::execute)
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
