package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.formats.Ending;
import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.gateway.websocket.WebSocketConnection;
import java.util.List;

/** One packet is one WebSocket message. */
record WebSocketTransport(WebSocketConnection connection) implements EngineTransport {

    @Override
    public boolean send(List<Frame> frames) {
        return connection.send(frames);
    }

    @Override
    public boolean sendUrgent(List<Frame> frames) {
        // The connection closes itself when it must.
        connection.sendUrgent(frames);
        return true;
    }

    @Override
    public boolean isDrained() {
        return connection.isDrained();
    }

    @Override
    public void whenDrained(Runnable action) {
        connection.whenDrained(action);
    }

    @Override
    public void close(CloseCause cause) {
        Ending ending = cause.ending();
        if (ending == null) {
            connection.abort();
        } else {
            connection.close(ending);
        }
    }
}
