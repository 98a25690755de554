package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.transport.WebSocketUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/** {@code /ws}: accepts plain-JSON connections. In development a handshake may say who it is, by header or query. */
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
            upgrade.accept(request, response, new JsonClient(chat, clients, user(request)));
        } catch (Refusal e) {
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED, e.getMessage());
        }
    }

    private @Nullable String user(HttpServletRequest request) throws Refusal {
        String header = request.getHeader("X-User-Id");
        String named = header != null ? header : parameter(request);
        return named == null ? null : chat.identify(named);
    }

    private static @Nullable String parameter(HttpServletRequest request) throws Refusal {
        try {
            return request.getParameter("userId");
        } catch (IllegalStateException e) {
            // What the Servlet API has for a query that cannot be decoded.
            throw new Refusal(ErrorCode.UNAUTHORIZED, "The query of this URL cannot be decoded.");
        }
    }
}
