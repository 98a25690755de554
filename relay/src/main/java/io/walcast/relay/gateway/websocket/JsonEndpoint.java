package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.transport.WebSocketUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/** {@code /ws}: accepts plain-JSON connections. A handshake may say who it is, in the ways of a request. */
@Component("/ws")
class JsonEndpoint implements HttpRequestHandler {

    private final WebSocketUpgrade upgrade;
    private final Chat chat;
    private final JsonClients clients;

    JsonEndpoint(WebSocketUpgrade upgrade, Chat chat, JsonClients clients) {
        this.upgrade = upgrade;
        this.chat = chat;
        this.clients = clients;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!clients.mayConnect()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            upgrade.accept(
                    request, response, new JsonClient(chat, clients, upgrade.unfinished(), chat.identify(request)));
        } catch (Refusal e) {
            boolean unavailable = e.code() == ErrorCode.UNAVAILABLE;
            if (unavailable) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "3");
            }
            response.sendError(
                    unavailable ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_UNAUTHORIZED,
                    e.getMessage());
        }
    }
}
