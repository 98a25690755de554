package io.walcast.relay.gateway.socketiochat;

import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.socketio.ConnectRefused;
import io.walcast.relay.gateway.socketio.Recovery;
import io.walcast.relay.gateway.socketio.Socket;
import io.walcast.relay.gateway.socketio.SocketIoApplication;
import io.walcast.relay.gateway.socketio.SocketListener;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The chat over Socket.IO: identifies a client when it connects, then speaks with it. */
@Component
final class SocketIoChat implements SocketIoApplication {

    private static final String UNAUTHORIZED_DATA = "{\"code\":401}";
    private static final String UNAVAILABLE_DATA = "{\"code\":503}";
    private static final String TOO_MANY_DATA = "{\"code\":429}";

    private final Chat chat;

    SocketIoChat(Chat chat) {
        this.chat = chat;
    }

    @Override
    public SocketListener connect(Socket socket, @Nullable JsonNode auth) throws ConnectRefused {
        Recovery recovery = socket.recovery();
        Positions former = recovery == null ? null : Positions.of(recovery.offset());
        try {
            var client = new SocketIoClient(socket, chat, chat.identify(auth), former);
            if (former != null) {
                socket.recover();
            }
            return client;
        } catch (Refusal e) {
            throw new ConnectRefused(
                    e.code().code(),
                    switch (e.code()) {
                        case LIMIT_EXCEEDED -> TOO_MANY_DATA;
                        case UNAVAILABLE -> UNAVAILABLE_DATA;
                        default -> UNAUTHORIZED_DATA;
                    });
        }
    }
}
