package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.chat.Identity;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.transport.WebSocketUpgrade;
import io.walcast.relay.rooms.Rooms;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/** {@code /ws}: accepts plain-JSON connections. In development a handshake may say who it is, by header or query. */
@Component("/ws")
class JsonEndpoint implements HttpRequestHandler {

    private final WebSocketUpgrade upgrade;
    private final Identity identity;
    private final Rooms rooms;

    JsonEndpoint(WebSocketUpgrade upgrade, Identity identity, Rooms rooms) {
        this.upgrade = upgrade;
        this.identity = identity;
        this.rooms = rooms;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        try {
            upgrade.accept(request, response, new JsonClient(identity, rooms, user(request)));
        } catch (Refusal e) {
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED, e.getMessage());
        }
    }

    private @Nullable String user(HttpServletRequest request) throws Refusal {
        String header = request.getHeader("X-User-Id");
        String named = header != null ? header : request.getParameter("userId");
        return named == null ? null : identity.of(named);
    }
}
