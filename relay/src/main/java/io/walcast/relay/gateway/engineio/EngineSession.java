package io.walcast.relay.gateway.engineio;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.gateway.websocket.Newcomers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, whatever its transport (engine.io-protocol v4): its heartbeat, its change of transport, its end.
 *
 * <p>Thread-safe. Sending never waits and holds no lock of the session. The listener is told of the end exactly once.
 */
public final class EngineSession {

    private static final Logger LOG = LoggerFactory.getLogger(EngineSession.class);

    /** Chars, or bytes: a credential fits. A client that the application has not accepted may be anybody. */
    static final int STRANGERS_PAYLOAD = 20 * 1024;

    /** A text is held as it came, without its type, and taken apart. */
    private static final long COPIES = 4;

    private static final List<Frame> PING = List.of(Frame.text(String.valueOf(EnginePacket.PING)));

    private final String id;
    private final Handshake handshake;
    private final EngineSettings settings;
    private final ScheduledExecutorService timer;
    private final ByteBudget incoming;
    private final Newcomers<EngineSession> newcomers;
    private final Consumer<EngineSession> onEnd;
    private final SerialCalls calls = new SerialCalls(() -> close(CloseCause.DEFECT));
    private volatile EngineTransport transport;
    private @Nullable EngineListener listener;
    private @Nullable ScheduledFuture<?> heartbeat;
    private boolean pongAwaited;
    private volatile @Nullable CloseCause cause;
    private volatile boolean accepted;

    /**
     * @param incoming what all clients together may hold here of what they send: a message counts until it is handled
     * @param newcomers those that the application has not accepted
     * @param onEnd called once, when the session is closed and before its listener is told
     */
    EngineSession(
            String id,
            Handshake handshake,
            EngineTransport transport,
            EngineSettings settings,
            ScheduledExecutorService timer,
            ByteBudget incoming,
            Newcomers<EngineSession> newcomers,
            Consumer<EngineSession> onEnd) {
        this.id = id;
        this.handshake = handshake;
        this.transport = transport;
        this.settings = settings;
        this.timer = timer;
        this.incoming = incoming;
        this.newcomers = newcomers;
        this.onEnd = onEnd;
    }

    /** Sends the open packet and starts the heartbeat. Must be called once, before anything else. */
    void open(EngineApplication application) {
        newcomers.add(this);
        String upgrades = transport instanceof PollingTransport ? "\"websocket\"" : "";
        sendUrgent(List.of(Frame.text(EnginePacket.OPEN
                + String.format(
                        Locale.ROOT,
                        "{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%d,\"pingTimeout\":%d,\"maxPayload\":%d}",
                        id,
                        upgrades,
                        settings.pingInterval().toMillis(),
                        settings.pingTimeout().toMillis(),
                        settings.maxPayload()))));
        calls.run(() -> listener = application.opened(this));
        schedulePing();
    }

    String id() {
        return id;
    }

    /** What the client said in its first request. */
    public Handshake handshake() {
        return handshake;
    }

    EngineTransport transport() {
        return transport;
    }

    boolean isClosed() {
        return cause != null;
    }

    boolean isMalformed() {
        return cause == CloseCause.MALFORMED;
    }

    /** Whether the application has accepted the client: only then are its larger messages taken. */
    public void accepted(boolean isAccepted) {
        accepted = isAccepted;
        if (isAccepted) {
            newcomers.remove(this);
        } else if (!isClosed()) {
            newcomers.add(this);
            if (isClosed()) {
                newcomers.remove(this);
            }
        }
    }

    /** Largest message that the client may send now. */
    int payloadLimit() {
        return accepted ? settings.maxPayload() : Math.min(STRANGERS_PAYLOAD, settings.maxPayload());
    }

    /** From now on everything is sent over this one. */
    void upgraded(EngineTransport successor) {
        transport = successor;
    }

    /** A text packet of the client, with its type. */
    void receive(String packet) {
        if (isClosed()) {
            return;
        }
        if (packet.length() > payloadLimit()) {
            malformed("message of " + packet.length() + " chars");
            return;
        }
        switch (packet.isEmpty() ? '?' : packet.charAt(0)) {
            case EnginePacket.MESSAGE -> receive(COPIES * packet.length(), told -> told.text(packet.substring(1)));
            case EnginePacket.PONG -> pong();
            case EnginePacket.CLOSE -> close(CloseCause.CLIENT);
            case EnginePacket.NOOP -> LOG.trace("Session {}: noop", id);
            default -> malformed("unexpected packet");
        }
    }

    void receive(byte[] message) {
        if (!isClosed()) {
            receive(message.length, told -> told.binary(message));
        }
    }

    private void receive(long bytes, Consumer<EngineListener> message) {
        if (!incoming.take(bytes, 0)) {
            LOG.debug("Session {}: clients send more than can be taken", id);
            close(CloseCause.FLOOD);
            return;
        }
        calls.run(() -> {
            try {
                EngineListener told = listener;
                if (told != null) {
                    message.accept(told);
                }
            } finally {
                incoming.release(bytes);
            }
        });
    }

    /** Ends the session of a client that broke the protocol. @param why for the log */
    public void malformed(String why) {
        LOG.debug("Session {} is closed: {}", id, why);
        close(CloseCause.MALFORMED);
    }

    /** @return false when the byte bound would be passed, or after the end: nothing was queued */
    public boolean send(List<Frame> frames) {
        return transport.send(frames);
    }

    /** Beyond the byte bound by a margin; a client whose margin is used up too is closed. */
    public void sendUrgent(List<Frame> frames) {
        if (!transport.sendUrgent(frames)) {
            close(CloseCause.TOO_SLOW);
        }
    }

    /** Whether little is queued, as after {@link #whenDrained}. */
    public boolean isDrained() {
        return transport.isDrained();
    }

    /** Calls {@code action} once, when little is queued: at once if that is so now. Replaces an earlier one. */
    public void whenDrained(Runnable action) {
        transport.whenDrained(action);
    }

    /** Whether it was ended here for that; a WebSocket that is too slow ends itself. */
    boolean wasTooSlow() {
        return cause == CloseCause.TOO_SLOW;
    }

    /** Runs this apart from everything that the listener is told, unless the session is over before. */
    public void call(Runnable action) {
        calls.run(() -> {
            if (!isClosed()) {
                action.run();
            }
        });
    }

    /** Ends the session; closing twice does nothing. */
    public void close(CloseCause why) {
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            cause = why;
            if (heartbeat != null) {
                heartbeat.cancel(false);
            }
        }
        newcomers.remove(this);
        transport.close(why);
        onEnd.accept(this);
        tell(told -> {
            // What another thread has received meanwhile comes too late.
            listener = null;
            told.closed(why);
        });
    }

    private void tell(Consumer<EngineListener> message) {
        calls.run(() -> {
            if (listener != null) {
                message.accept(listener);
            }
        });
    }

    private synchronized void schedulePing() {
        if (!isClosed()) {
            long due = System.nanoTime() + settings.pingInterval().toNanos();
            heartbeat = timer.schedule(() -> ping(due), settings.pingInterval().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** @param due the deadline of the answer counts from when the ping should have been sent, not from a late timer */
    private void ping(long due) {
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            pongAwaited = true;
            heartbeat = timer.schedule(
                    () -> close(CloseCause.PING_TIMEOUT),
                    due + settings.pingTimeout().toNanos() - System.nanoTime(),
                    TimeUnit.NANOSECONDS);
        }
        sendUrgent(PING);
    }

    private synchronized void pong() {
        if (pongAwaited && heartbeat != null) {
            pongAwaited = false;
            heartbeat.cancel(false);
            schedulePing();
        }
    }
}
