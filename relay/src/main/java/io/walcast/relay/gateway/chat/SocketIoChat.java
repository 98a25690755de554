package io.walcast.relay.gateway.chat;

import io.walcast.relay.gateway.socketio.ConnectRefused;
import io.walcast.relay.gateway.socketio.Socket;
import io.walcast.relay.gateway.socketio.SocketIoApplication;
import io.walcast.relay.gateway.socketio.SocketListener;
import io.walcast.relay.rooms.Rooms;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The chat over Socket.IO: identifies a client when it connects, then speaks with it. */
@Component
public final class SocketIoChat implements SocketIoApplication {

    private static final String UNAUTHORIZED_DATA = "{\"code\":401}";

    private final Identity identity;
    private final Rooms rooms;

    SocketIoChat(Identity identity, Rooms rooms) {
        this.identity = identity;
        this.rooms = rooms;
    }

    @Override
    public SocketListener connect(Socket socket, @Nullable JsonNode auth) throws ConnectRefused {
        try {
            return new SocketIoClient(socket, identity.of(auth), rooms);
        } catch (Refusal e) {
            throw new ConnectRefused(e.code().code(), UNAUTHORIZED_DATA);
        }
    }
}
