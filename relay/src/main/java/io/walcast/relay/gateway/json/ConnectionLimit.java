package io.walcast.relay.gateway.json;

import io.walcast.relay.gateway.websocket.HandshakeCheck;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;

/** Answers 503 while no more connections are taken. Stateless. */
final class ConnectionLimit implements HandshakeCheck {

    private final JsonClients clients;

    ConnectionLimit(JsonClients clients) {
        this.clients = clients;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        if (clients.mayConnect()) {
            return true;
        }
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
        response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
        return false;
    }
}
