package io.walcast.relay.gateway.json;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.websocket.HandshakeCheck;
import io.walcast.relay.gateway.websocket.ListenerHandler;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;

/**
 * Reads who a handshake says it is, in the ways of a request, and makes the client of the connection to come. It need not
 * say so. Answers 401, or 503 if that cannot be checked now. Stateless.
 */
final class HandshakeIdentity implements HandshakeCheck {

    private final Chat chat;
    private final JsonClients clients;
    private final ByteBudget incoming;

    /** @param incoming what all clients together may hold here of what they send */
    HandshakeIdentity(Chat chat, JsonClients clients, ByteBudget incoming) {
        this.chat = chat;
        this.clients = clients;
        this.incoming = incoming;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        try {
            var caller = chat.identify(((ServletServerHttpRequest) request).getServletRequest());
            attributes.put(ListenerHandler.LISTENER, new JsonClient(chat, clients, incoming, caller));
            return true;
        } catch (Refusal e) {
            refuse(((ServletServerHttpResponse) response).getServletResponse(), e);
            return false;
        }
    }

    private static void refuse(HttpServletResponse response, Refusal refusal) throws IOException {
        boolean unavailable = refusal.code() == ErrorCode.UNAVAILABLE;
        if (unavailable) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "3");
        }
        response.sendError(
                unavailable ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_UNAUTHORIZED,
                refusal.getMessage());
    }
}
