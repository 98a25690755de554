package io.walcast.relay.gateway.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving side of one connection. Reads with a buffer of the moment, so that an idle connection holds none, and
 * keeps the listener's calls apart: the end may be told by another thread than the reading one.
 */
final class WebSocketReceiver implements FrameParser.Sink {

    private static final Logger log = LoggerFactory.getLogger(WebSocketReceiver.class);

    private final Wire wire;
    private final Shared shared;
    private final WebSocketListener listener;
    private final WebSocketConnection connection;
    private final FrameParser parser;
    private boolean failed;
    private boolean over;

    WebSocketReceiver(Wire wire, Shared shared, WebSocketListener listener) {
        this.wire = wire;
        this.shared = shared;
        this.listener = listener;
        this.parser = new FrameParser((int) shared.settings().maxMessageSize().toBytes(), shared.unfinished(), this);
        this.connection = new WebSocketConnection(wire, shared, this::over, this::ended);
    }

    synchronized void open() {
        shared.open().add(connection);
        guarded(() -> listener.opened(connection));
    }

    /**
     * Reads what is there.
     *
     * @return false if the connection is over
     */
    boolean readable() {
        ByteBuffer buffer = shared.readBuffers().take();
        try {
            for (int count = wire.read(buffer); count != 0; count = wire.read(buffer.clear())) {
                if (count < 0) {
                    connection.end(CloseStatus.BROKEN);
                    return false;
                }
                receive(buffer.flip());
            }
            return true;
        } catch (IOException e) {
            log.debug("A read failed", e);
            connection.end(CloseStatus.BROKEN);
            return false;
        } finally {
            shared.readBuffers().give(buffer);
        }
    }

    void writable() {
        connection.writable();
    }

    /** The container has no connection any more. */
    void lost() {
        connection.end(CloseStatus.BROKEN);
    }

    private synchronized void receive(ByteBuffer bytes) {
        if (failed) {
            return;
        }
        try {
            parser.receive(bytes);
        } catch (ProtocolViolation e) {
            log.debug("A client broke the protocol", e);
            failed = true;
            parser.end();
            connection.fail(e.status());
        }
    }

    @Override
    public void text(String message) {
        if (!over) {
            guarded(() -> listener.text(message));
        }
    }

    @Override
    public void binary(byte[] message) {
        if (!over) {
            guarded(() -> listener.binary(ByteBuffer.wrap(message)));
        }
    }

    @Override
    public void ping(byte[] content) {
        connection.pong(content);
    }

    @Override
    public void pong() {
        if (!over) {
            guarded(listener::pong);
        }
    }

    @Override
    public void close(CloseStatus status) {
        connection.peerClosed(status);
    }

    private synchronized void over(CloseStatus status) {
        if (!over) {
            over = true;
            guarded(() -> listener.closed(status.code(), status.reason()));
        }
    }

    private synchronized void ended() {
        parser.end();
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.error("Listener failed, connection is closed", e);
            connection.close(CloseStatus.INTERNAL_ERROR, "internal error");
        }
    }
}
