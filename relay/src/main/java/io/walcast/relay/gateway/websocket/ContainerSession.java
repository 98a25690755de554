package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/** Spring's own session, except that messages are sent through the queue of {@link QueuedConnection}. */
final class ContainerSession extends WebSocketSessionDecorator implements TransportSession {

    private final ContainerConnection connection;

    ContainerSession(WebSocketSession session, ContainerConnection connection) {
        super(session);
        this.connection = connection;
    }

    @Override
    public WebSocketConnection connection() {
        return connection;
    }

    @Override
    public void sendMessage(WebSocketMessage<?> message) throws IOException {
        TransportSession.super.sendMessage(message);
    }

    @Override
    public boolean isOpen() {
        return TransportSession.super.isOpen();
    }

    @Override
    public void close() {
        TransportSession.super.close();
    }

    @Override
    public void close(CloseStatus status) {
        TransportSession.super.close(status);
    }
}
