package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.formats.Ending;
import io.walcast.relay.gateway.websocket.WebSocketConnection;
import io.walcast.relay.gateway.websocket.WebSocketListener;
import java.nio.ByteBuffer;

/** A second WebSocket for a session that has or is getting one. The protocol lets it open and closes it. */
final class RefusedWebSocket implements WebSocketListener {

    @Override
    public void opened(WebSocketConnection connection) {
        connection.close(Ending.UPGRADED_ALREADY);
    }

    @Override
    public void text(String message) {}

    @Override
    public void binary(ByteBuffer message) {}

    @Override
    public void closed(int code, String reason) {}
}
