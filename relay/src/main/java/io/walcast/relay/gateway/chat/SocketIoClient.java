package io.walcast.relay.gateway.chat;

import io.walcast.relay.gateway.socketio.Ack;
import io.walcast.relay.gateway.socketio.EventFrame;
import io.walcast.relay.gateway.socketio.Socket;
import io.walcast.relay.gateway.socketio.SocketListener;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import io.walcast.relay.rooms.WireFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One Socket.IO client: its events become requests, answers become acks. */
final class SocketIoClient implements SocketListener, ClientLink {

    private static final WireFormat<EventFrame> FORMAT = EventFrame::of;

    private final Socket socket;
    private final ChatClient client;

    SocketIoClient(Socket socket, String userId, Rooms rooms) {
        this.socket = socket;
        this.client = new ChatClient(userId, this, rooms);
    }

    @Override
    public void event(String name, List<JsonNode> arguments, @Nullable Ack ack) {
        JsonNode data = arguments.isEmpty() ? null : arguments.get(0);
        client.request(name, data, ack == null ? new ErrorsOnly(this) : new Acknowledgement(ack));
    }

    @Override
    public void disconnected(String reason) {
        client.disconnected();
    }

    @Override
    public boolean send(RoomEvent event) {
        return socket.emit(event.as(FORMAT));
    }

    @Override
    public void sendUrgent(String event, String json) {
        socket.emitUrgent(EventFrame.of(event, json));
    }

    @Override
    public void whenDrained(Runnable action) {
        socket.whenDrained(action);
    }

    private record Acknowledgement(Ack ack) implements Answer {

        @Override
        public void send(String json) {
            ack.send(json);
        }

        @Override
        public void refuse(Refusal refusal) {
            ack.send(refusal.answer());
        }
    }
}
