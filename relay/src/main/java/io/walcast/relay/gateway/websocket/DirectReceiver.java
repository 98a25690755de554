package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The receiving side of a connection of Walcast's own WebSocket layer. It reads with a borrowed buffer, so that an idle
 * connection holds none. It serialises the handler's calls, because the end may be reported by a thread other than the
 * reader's.
 */
final class DirectReceiver implements FrameParser.Sink {

    private static final Logger LOG = LoggerFactory.getLogger(DirectReceiver.class);

    private static final PongMessage PONG = new PongMessage();

    private final Wire wire;
    private final TransportContext context;
    private final WebSocketHandler handler;
    private final DirectConnection connection;
    private final DirectSession session;
    private final FrameParser parser;
    private boolean failed;
    private boolean closed;

    DirectReceiver(
            Wire wire,
            TransportContext context,
            WebSocketHandler handler,
            Function<DirectConnection, DirectSession> sessionOf) {
        this.wire = wire;
        this.context = context;
        this.handler = handler;
        this.parser = new FrameParser((int) context.settings().maxMessageSize().toBytes(), context.unfinished(), this);
        this.connection = new DirectConnection(wire, context, this::onClosed, this::ended);
        this.session = sessionOf.apply(connection);
    }

    synchronized void open() {
        context.open().add(connection);
        guarded(() -> handler.afterConnectionEstablished(session));
        session.forgetHandshake();
    }

    /**
     * Reads the bytes that have arrived.
     *
     * @return false if the connection is over
     */
    boolean readable() {
        ByteBuffer buffer = context.readBuffers().take();
        try {
            for (int count = wire.read(buffer); count != 0; count = wire.read(buffer.clear())) {
                if (count < 0) {
                    connection.end(QueuedConnection.BROKEN);
                    return false;
                }
                receive(buffer.flip());
            }
            return true;
        } catch (IOException e) {
            LOG.debug("A read failed", e);
            connection.end(QueuedConnection.BROKEN);
            return false;
        } finally {
            context.readBuffers().give(buffer);
        }
    }

    void writable() {
        connection.writable();
    }

    /** The container has no connection any more. */
    void lost() {
        connection.end(QueuedConnection.BROKEN);
    }

    private synchronized void receive(ByteBuffer bytes) {
        if (failed) {
            return;
        }
        try {
            parser.receive(bytes);
        } catch (ProtocolViolation e) {
            LOG.debug("A client broke the protocol", e);
            failed = true;
            parser.end();
            connection.fail(e.status());
        }
    }

    @Override
    public void text(String message) {
        tell(new TextMessage(message));
    }

    @Override
    public void binary(byte[] message) {
        tell(new BinaryMessage(message));
    }

    @Override
    public void ping(byte[] content) {
        connection.pong(content);
    }

    @Override
    public void pong() {
        tell(PONG);
    }

    @Override
    public void close(CloseStatus status) {
        connection.peerClosed(status);
    }

    private void tell(WebSocketMessage<?> message) {
        if (!closed) {
            guarded(() -> handler.handleMessage(session, message));
        }
    }

    private synchronized void onClosed(CloseStatus status) {
        if (!closed) {
            closed = true;
            guarded(() -> handler.afterConnectionClosed(session, status));
        }
    }

    private synchronized void ended() {
        parser.end();
    }

    private void guarded(Call call) {
        try {
            call.run();
        } catch (Exception e) {
            LOG.error("WebSocket handler failed, connection is closed", e);
            connection.close(CloseStatus.SERVER_ERROR);
        }
    }

    /** A call of Spring's handler, which may throw anything. */
    private interface Call {

        void run() throws Exception;
    }
}
