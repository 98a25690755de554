package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.CloseCause;
import io.walcast.relay.gateway.engineio.EngineSession;
import io.walcast.relay.gateway.engineio.Handshake;
import io.walcast.relay.gateway.engineio.RandomIds;
import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One client in one namespace, as the application sees it.
 *
 * <p>Thread-safe, and no method waits for the network. Events leave in the order in which they were emitted, also across
 * a change of transport.
 */
public final class Socket {

    private final EngineSession session;
    private final Namespaces namespaces;
    private final String namespace;
    private final @Nullable Recovery recovery;
    private volatile @Nullable String privateId;
    private volatile String id;
    private volatile boolean gone;
    private volatile @Nullable PendingAcks pendingAcks;

    Socket(
            EngineSession session,
            Namespaces namespaces,
            String namespace,
            String id,
            @Nullable String privateId,
            @Nullable Recovery recovery) {
        this.session = session;
        this.namespaces = namespaces;
        this.namespace = namespace;
        this.id = id;
        this.privateId = privateId;
        this.recovery = recovery;
    }

    /** Unique, and known to the client. Changes only by {@link #recover}. */
    public String id() {
        return id;
    }

    public String namespace() {
        return namespace;
    }

    /** What the client's first HTTP request said. */
    public Handshake handshake() {
        return session.handshake();
    }

    /** What the client wants to continue from; null if nothing, or if recovery is switched off. */
    public @Nullable Recovery recovery() {
        return recovery;
    }

    /**
     * Continues the client's former socket: this one takes over its ids, and the client will report {@code
     * recovered}. To be called from {@link SocketIoApplication#connect} only, before anything else.
     *
     * @throws IllegalStateException when there is nothing to recover
     */
    public void recover() {
        Recovery former = recovery;
        if (former == null) {
            throw new IllegalStateException("The client did not ask for recovery");
        }
        privateId = former.privateId();
        id = RandomIds.publicId(former.privateId());
    }

    /** Whether a later connection of this client may continue from an offset. */
    public boolean isRecoverable() {
        return privateId != null;
    }

    /** @return false when too much waits for this client, or it has gone: nothing was queued */
    public boolean emit(EventFrame event) {
        return !gone && session.send(event.frames(namespace, null, null));
    }

    /**
     * Emits with a trailing argument that the client sends back when it wants to recover.
     *
     * @return as {@link #emit(EventFrame)}
     */
    public boolean emit(EventFrame event, String offset) {
        return !gone && session.send(event.frames(namespace, null, offset));
    }

    /**
     * Emits and asks the client to acknowledge.
     *
     * @param onAck told the client's answer like a listener; never called if none comes
     * @return as {@link #emit(EventFrame)}; also false when too many answers of this client are outstanding
     */
    public boolean emit(EventFrame event, Consumer<List<JsonNode>> onAck) {
        PendingAcks pending = pendingAcks();
        Long ackId = pending.add(onAck);
        if (ackId == null) {
            return false;
        }
        boolean sent = !gone && session.send(event.frames(namespace, ackId, null));
        if (!sent) {
            pending.take(ackId);
        }
        return sent;
    }

    /** Emits a small event of control even when the queue is full; a client too far behind for that is closed. */
    public void emitUrgent(EventFrame event) {
        sendUrgent(event.frames(namespace, null, null));
    }

    /** As {@link #emitUrgent(EventFrame)}, with an offset as in {@link #emit(EventFrame, String)}. */
    public void emitUrgent(EventFrame event, String offset) {
        sendUrgent(event.frames(namespace, null, offset));
    }

    /** Whether little waits for the client, as after {@link #whenDrained}. */
    public boolean isDrained() {
        return session.isDrained();
    }

    /** Calls {@code action} once, when little waits for the client: at once if that is so now. Replaces an earlier one. */
    public void whenDrained(Runnable action) {
        // One that has gone would take the place of the client's next socket.
        if (!gone) {
            session.whenDrained(action);
        }
    }

    /** Removes the client from the namespace. @param closeTransport also ends its connection, for all namespaces */
    public void disconnect(boolean closeTransport) {
        session.call(() -> namespaces.disconnect(this, closeTransport ? CloseCause.SERVER : null));
    }

    /** Ends the connection of a client that asks for more than it may. It is not told to come back. */
    public void closeFlood() {
        session.call(() -> namespaces.disconnect(this, CloseCause.FLOOD));
    }

    /** Ends the connection of a client whose right to be there is over. Its transport just closes: it may come back. */
    public void closeExpired() {
        session.call(() -> session.close(CloseCause.EXPIRED));
    }

    void sendUrgent(List<Frame> frames) {
        if (!gone) {
            session.sendUrgent(frames);
        }
    }

    @Nullable
    String privateId() {
        return privateId;
    }

    void acknowledged(long ackId, List<JsonNode> arguments) {
        PendingAcks pending = pendingAcks;
        Consumer<List<JsonNode>> onAck = pending == null ? null : pending.take(ackId);
        if (onAck != null) {
            onAck.accept(arguments);
        }
    }

    void gone() {
        gone = true;
        pendingAcks = null;
    }

    private PendingAcks pendingAcks() {
        PendingAcks pending = pendingAcks;
        if (pending == null) {
            synchronized (this) {
                pending = pendingAcks;
                if (pending == null) {
                    pending = new PendingAcks();
                    pendingAcks = pending;
                }
            }
        }
        return pending;
    }

    /** Few sockets are ever asked for an acknowledgement, so this is made when it is needed. */
    private static final class PendingAcks {

        private static final int MAX = 100;

        private final AtomicLong lastId = new AtomicLong(-1);
        private final Map<Long, Consumer<List<JsonNode>>> handlers = new ConcurrentHashMap<>();

        @Nullable
        Long add(Consumer<List<JsonNode>> handler) {
            if (handlers.size() >= MAX) {
                return null;
            }
            Long id = lastId.incrementAndGet();
            handlers.put(id, handler);
            return id;
        }

        @Nullable
        Consumer<List<JsonNode>> take(long id) {
            return handlers.remove(id);
        }
    }
}
