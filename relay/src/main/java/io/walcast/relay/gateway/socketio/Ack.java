package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** The answer that a client waits for. Thread-safe; only the first one is sent, and none after the socket has gone. */
public final class Ack {

    private final Socket socket;
    private final long id;
    private final AtomicBoolean sent = new AtomicBoolean();

    Ack(Socket socket, long id) {
        this.socket = socket;
        this.id = id;
    }

    /** @param json one argument, already serialised; not checked */
    public void send(String json) {
        sendFrames(EventFrame.ack(socket.namespace(), id, json));
    }

    /** @param arguments binary nodes among them, or within, travel as binary attachments */
    public void send(List<? extends JsonNode> arguments) {
        sendFrames(EventFrame.ack(socket.namespace(), id, arguments));
    }

    private void sendFrames(List<Frame> frames) {
        if (sent.compareAndSet(false, true)) {
            socket.sendUrgent(frames);
        }
    }
}
