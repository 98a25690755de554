package io.walcast.relay.gateway.websocket;

import io.micrometer.core.instrument.Timer;
import io.walcast.identity.ByteBudget;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * All WebSocket connections, of either transport: their shared resources, their time-outs, and their shutdown.
 *
 * <p>Thread-safe. Lives as long as the application; {@link #close} drops the connections that are left.
 */
public final class Connections implements AutoCloseable {

    private static final long POLL_MILLIS = 10;

    /** Longest pause between two checks of the write timeout. */
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final TransportContext context;

    public Connections(TransportSettings settings) {
        this(new TransportContext(settings));
    }

    Connections(TransportContext context) {
        this.context = context;
        long pause = Math.min(context.settings().writeTimeout().toMillis() / 4 + 1, LONGEST_PAUSE_MILLIS);
        context.threads().repeat(this::checkTimes, pause);
    }

    /** The strategy by which Spring opens connections of the kind that the settings name. */
    public RequestUpgradeStrategy upgradeStrategy() {
        return switch (context.settings().kind()) {
            case DIRECT -> new DirectUpgradeStrategy(context);
            case CONTAINER -> new ContainerUpgradeStrategy(context);
        };
    }

    /** The budget of bytes queued for all clients together; other transports share it. */
    public SendBudget budget() {
        return context.budget();
    }

    /** The budget of bytes of unfinished messages of all clients together; other transports share it. */
    public ByteBudget unfinished() {
        return context.unfinished();
    }

    /** Times a few messages a second, from the queue of an idle connection until they are written. */
    public void timeWrites(Timer timer) {
        context.threads().sampler().recordTo(timer);
    }

    /** The durations of the timed writes that ended within the window, in nanoseconds. */
    public long[] recentWrites(Duration window) {
        return context.threads().sampler().recent(window);
    }

    /**
     * Open connections, including those whose close is not complete: the close frame has not left or, if the transport
     * reports that, has not been answered.
     */
    public int count() {
        return context.open().size();
    }

    /** Waits until no connection is open, at most for the given time. */
    public void awaitEnd(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (count() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        context.open().forEach(connection -> connection.end(QueuedConnection.BROKEN));
        context.threads().close();
    }

    private void checkTimes() {
        long now = System.nanoTime();
        context.open().forEach(connection -> connection.checkTime(now));
        if (context.budget().wasExhausted()) {
            makeRoom();
        }
    }

    /** Disconnects clients that do not read, those with the longest queues first, so that the others can be served. */
    private void makeRoom() {
        record Stuck(QueuedConnection connection, long bytes) {}
        List<Stuck> longestFirst = context.open().stream()
                .map(connection -> new Stuck(connection, connection.stuckBytes()))
                .filter(stuck -> stuck.bytes() > 0)
                .sorted(Comparator.comparingLong(Stuck::bytes).reversed())
                .toList();
        for (Stuck stuck : longestFirst) {
            if (!context.budget().isScarce()) {
                return;
            }
            stuck.connection().disconnectSlow();
        }
    }
}
