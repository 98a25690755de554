package io.walcast.relay.gateway.json;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.gateway.websocket.Newcomers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * All plain-JSON connections: how many there may be, whether they live, and their end with the process.
 *
 * <p><b>Lifecycle.</b> {@link #close} ends every connection with 1012, after which none is taken. <b>Concurrency.</b>
 * Thread-safe; one timer thread looks at all connections a few times per interval. <b>Error policy.</b> A connection that
 * cannot be asked is one that will not answer, and is dropped for that.
 */
@Component
public final class JsonClients implements ClientFormat, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JsonClients.class);

    private static final int LOOKS_PER_INTERVAL = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final JsonSettings settings;
    private final Set<JsonClient> clients = ConcurrentHashMap.newKeySet();
    private final Newcomers<JsonClient> newcomers;
    private final ScheduledThreadPoolExecutor timer;
    private volatile boolean closing;
    private volatile boolean suspended;

    JsonClients(JsonSettings settings) {
        this.settings = settings;
        this.newcomers = new Newcomers<>(settings.maxConnections(), this::closeUnidentified);
        var threads = new CustomizableThreadFactory("websocket-heartbeat-");
        threads.setDaemon(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads);
        long pause = Math.min(shortest() / LOOKS_PER_INTERVAL, LONGEST_PAUSE.toNanos());
        this.timer.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
    }

    /** Whether another one may connect. */
    boolean mayConnect() {
        return !closing && !suspended && (clients.size() < settings.maxConnections() || newcomers.makeRoom());
    }

    void opened(JsonClient client) {
        clients.add(client);
        // Many may have been let in at the same moment.
        if (closing || suspended || clients.size() > settings.maxConnections()) {
            client.goAway();
        }
        if (!client.isIdentified()) {
            newcomers.add(client);
            if (!clients.contains(client)) {
                newcomers.remove(client);
            }
        }
    }

    /** It has said who it is. */
    void identified(JsonClient client) {
        newcomers.remove(client);
    }

    /** Its seat is free at once, though the close may take a while. */
    private void closeUnidentified(JsonClient client) {
        clients.remove(client);
        client.closeUnidentified();
    }

    void closed(JsonClient client) {
        clients.remove(client);
        newcomers.remove(client);
    }

    /** The name is older than the format's own: dashboards know it. */
    @Override
    public String protocol() {
        return "websocket";
    }

    @Override
    public int connections() {
        return clients.size();
    }

    @Override
    public void refuseNew() {
        closing = true;
    }

    @Override
    public void suspend() {
        suspended = true;
        clients.forEach(JsonClient::goAway);
    }

    @Override
    public void resume() {
        suspended = false;
    }

    @Override
    public void close() {
        closing = true;
        timer.shutdownNow();
        clients.forEach(JsonClient::goAway);
    }

    private long shortest() {
        return Math.min(
                settings.connectTimeout().toNanos(),
                Math.min(
                        settings.pingInterval().toNanos(),
                        settings.pingTimeout().toNanos()));
    }

    private void look() {
        long now = System.nanoTime();
        for (JsonClient client : clients) {
            try {
                client.check(now, settings);
            } catch (RuntimeException | Error e) {
                LOG.error("A connection's heartbeat failed", e);
            }
        }
    }
}
