package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.CloseCause;
import io.walcast.relay.gateway.engineio.EngineListener;
import io.walcast.relay.gateway.engineio.EnginePacket;
import io.walcast.relay.gateway.engineio.EngineSession;
import io.walcast.relay.gateway.engineio.MalformedPacketException;
import io.walcast.relay.gateway.websocket.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's sockets, by namespace (socket.io-protocol v5). Not thread-safe: everything here happens within the
 * session's serial calls. A client that breaks the protocol is disconnected.
 */
final class Namespaces implements EngineListener {

    private static final String CONNECT = "0";
    private static final String DISCONNECT = "1";
    private static final String CONNECT_ERROR = "4";
    private static final String INVALID_NAMESPACE = "{\"message\":\"Invalid namespace\"}";

    /** Of one connection. Each may ask the application for much, such as to recover what was missed in many rooms. */
    private static final int MAX_CONNECTS = 100;

    /** To check a credential costs the server more than to send one costs the client. */
    private static final int MOST_REFUSALS = 10;

    private final EngineSession session;
    private final SocketIoServer server;
    private final PacketDecoder decoder;
    private final Map<String, Joined> joined = new HashMap<>(2);
    private @Nullable ScheduledFuture<?> connectTimeout;
    private int refusals;
    private int connects;

    private record Joined(Socket socket, SocketListener listener) {}

    Namespaces(EngineSession session, SocketIoServer server) {
        this.session = session;
        this.server = server;
        SocketIoSettings settings = server.settings();
        this.decoder = new PacketDecoder(
                settings.maxAttachments(), settings.maxPayloadBytes(), server.incoming(), joined::containsKey);
        this.connectTimeout = server.timer()
                .schedule(
                        () -> session.call(this::connectTimedOut),
                        settings.connectTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void text(String message) {
        try {
            handle(decoder.text(message));
        } catch (MalformedPacketException e) {
            session.malformed(e.toString());
        }
    }

    @Override
    public void binary(byte[] message) {
        try {
            handle(decoder.binary(message));
        } catch (MalformedPacketException e) {
            session.malformed(e.toString());
        }
    }

    @Override
    public void closed(CloseCause cause) {
        cancelConnectTimeout();
        decoder.end();
        List<Joined> left = List.copyOf(joined.values());
        joined.clear();
        left.forEach(one -> leave(one, cause.text()));
    }

    /** Puts a socket out of its namespace. @param cause also ends the connection, for this; null if not */
    void disconnect(Socket socket, @Nullable CloseCause cause) {
        Joined one = joined.get(socket.namespace());
        if (one != null && one.socket() == socket) {
            joined.remove(socket.namespace());
            session.accepted(!joined.isEmpty());
            // First, so that nothing is emitted after the packet that tells of the end.
            socket.gone();
            send(DISCONNECT, socket.namespace(), "");
            leave(one, "server namespace disconnect");
        }
        if (cause != null) {
            session.close(cause);
        }
    }

    private void handle(@Nullable Packet packet) throws MalformedPacketException {
        if (packet == null) {
            return;
        }
        Joined one = joined.get(packet.namespace());
        if (packet instanceof Packet.Connect connect) {
            if (one != null) {
                throw new MalformedPacketException("connected already");
            }
            connect(connect);
            return;
        }
        if (one == null) {
            throw new MalformedPacketException("namespace not joined");
        }
        if (packet instanceof Packet.Event event) {
            Ack ack = event.ackId() == null ? null : new Ack(one.socket(), event.ackId());
            one.listener().event(event.name(), event.arguments(), ack);
        } else if (packet instanceof Packet.Ack ack) {
            one.socket().acknowledged(ack.id(), ack.arguments());
        } else {
            joined.remove(packet.namespace());
            session.accepted(!joined.isEmpty());
            leave(one, "client namespace disconnect");
        }
    }

    private void connect(Packet.Connect connect) {
        connects++;
        if (connects > MAX_CONNECTS) {
            session.close(CloseCause.FLOOD);
            return;
        }
        String namespace = connect.namespace();
        if (!server.application().namespaces().contains(namespace)) {
            send(CONNECT_ERROR, namespace, INVALID_NAMESPACE);
            return;
        }
        Socket socket = server.newSocket(session, this, connect);
        SocketListener listener;
        try {
            listener = server.application().connect(socket, connect.auth());
        } catch (ConnectRefused refusal) {
            socket.gone();
            send(CONNECT_ERROR, namespace, refusal.json());
            if (++refusals >= MOST_REFUSALS) {
                session.close(CloseCause.FLOOD);
            }
            return;
        }
        cancelConnectTimeout();
        joined.put(namespace, new Joined(socket, listener));
        session.accepted(true);
        server.joined(socket);
        send(CONNECT, namespace, answer(socket));
        listener.connected();
    }

    private static String answer(Socket socket) {
        String privateId = socket.privateId();
        return privateId == null
                ? "{\"sid\":\"" + socket.id() + "\"}"
                : "{\"sid\":\"" + socket.id() + "\",\"pid\":\"" + privateId + "\"}";
    }

    private void leave(Joined one, String reason) {
        one.socket().gone();
        server.left(one.socket());
        one.listener().disconnected(reason);
    }

    private void connectTimedOut() {
        if (joined.isEmpty()) {
            session.close(CloseCause.CONNECT_TIMEOUT);
        }
    }

    private void cancelConnectTimeout() {
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
            connectTimeout = null;
        }
    }

    private void send(String type, String namespace, String json) {
        var text = new StringBuilder().append(EnginePacket.MESSAGE).append(type);
        EventFrame.appendNamespace(text, namespace);
        session.sendUrgent(List.of(Frame.text(text.append(json).toString())));
    }
}
