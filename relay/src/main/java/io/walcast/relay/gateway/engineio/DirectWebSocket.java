package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.WebSocketConnection;
import io.walcast.relay.gateway.websocket.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A WebSocket that begins a session of its own. */
final class DirectWebSocket implements WebSocketListener {

    private static final int NO_CLOSE_FRAME = 1006;

    private final Function<EngineTransport, @Nullable EngineSession> start;
    private @Nullable EngineSession session;

    DirectWebSocket(Function<EngineTransport, @Nullable EngineSession> start) {
        this.start = start;
    }

    @Override
    public void opened(WebSocketConnection connection) {
        session = start.apply(new WebSocketTransport(connection));
    }

    @Override
    public void text(String message) {
        if (session != null) {
            session.receive(message);
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        if (session != null) {
            session.receive(bytes(message));
        }
    }

    @Override
    public void closed(int code, String reason) {
        if (session != null) {
            session.close(causeOf(code));
        }
    }

    static CloseCause causeOf(int code) {
        return code == NO_CLOSE_FRAME ? CloseCause.LOST : CloseCause.CLIENT;
    }

    static byte[] bytes(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }
}
