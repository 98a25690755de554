package io.walcast.relay.gateway.websocket;

import io.micrometer.core.instrument.Timer;
import io.walcast.identity.ByteBudget;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * All WebSocket connections, of either transport: what they share, how long they may take, and their end.
 *
 * <p>Thread-safe. Lives as long as the application; {@link #close} drops the connections that are left.
 */
public final class Connections implements AutoCloseable {

    private static final long POLL_MILLIS = 10;

    /** How exactly the write timeout is kept, at least. */
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final TransportContext context;

    public Connections(TransportSettings settings) {
        this.context = new TransportContext(settings);
        long pause = Math.min(settings.writeTimeout().toMillis() / 4 + 1, LONGEST_PAUSE_MILLIS);
        context.threads().repeat(this::checkTimes, pause);
    }

    /** How Spring opens connections: of the kind that the settings name. */
    public RequestUpgradeStrategy upgradeStrategy() {
        return switch (context.settings().kind()) {
            case DIRECT -> new DirectUpgradeStrategy(context);
            case CONTAINER -> new ContainerUpgradeStrategy(context);
        };
    }

    /** What may wait for all clients together, for other transports to share. */
    public SendBudget budget() {
        return context.budget();
    }

    /** What all clients together may hold here of what they send, for other transports to share. */
    public ByteBudget unfinished() {
        return context.unfinished();
    }

    /** Has a few messages a second timed, from the queue of an idle connection until they are written. */
    public void timeWrites(Timer timer) {
        context.threads().sampler().recordTo(timer);
    }

    /** How many nanoseconds each of the timed writes of the last while took. */
    public long[] recentWrites(Duration window) {
        return context.threads().sampler().recent(window);
    }

    /**
     * Open connections, including those whose close is not yet complete: whose close frame has not left, or, where the
     * transport tells, has not been answered.
     */
    public int count() {
        return context.open().size();
    }

    /** Waits until no connection is open, for at most as long as given. */
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

    /** Clients that do not read must not keep the others from being served: those with the most waiting go first. */
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
