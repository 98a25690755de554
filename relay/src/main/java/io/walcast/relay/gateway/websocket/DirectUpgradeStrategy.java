package io.walcast.relay.gateway.websocket;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Upgrades a request to Walcast's own WebSocket layer, on Tomcat. No extension is accepted: compression would cost
 * every connection a window of its own, far more than all its other state. Thread-safe.
 */
final class DirectUpgradeStrategy implements RequestUpgradeStrategy {

    private final TransportContext context;

    DirectUpgradeStrategy(TransportContext context) {
        this.context = context;
    }

    @Override
    public String[] getSupportedVersions() {
        return new String[] {OpeningHandshake.VERSION};
    }

    @Override
    public List<WebSocketExtension> getSupportedExtensions(ServerHttpRequest request) {
        return List.of();
    }

    @Override
    public void upgrade(
            ServerHttpRequest request,
            ServerHttpResponse response,
            @Nullable String selectedProtocol,
            List<WebSocketExtension> selectedExtensions,
            @Nullable Principal user,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        HttpServletRequest httpRequest = ((ServletServerHttpRequest) request).getServletRequest();
        HttpServletResponse httpResponse = ((ServletServerHttpResponse) response).getServletResponse();
        httpResponse.setHeader(HttpHeaders.UPGRADE, "websocket");
        httpResponse.setHeader(HttpHeaders.CONNECTION, "Upgrade");
        httpResponse.setHeader(
                WebSocketHttpHeaders.SEC_WEBSOCKET_ACCEPT,
                OpeningHandshake.accept(httpRequest.getHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_KEY)));
        if (selectedProtocol != null) {
            httpResponse.setHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_PROTOCOL, selectedProtocol);
        }
        // Copied: Tomcat uses the request again before the connection is open.
        var handshake = new DirectSession.Handshake(request.getURI(), HttpHeaders.copyOf(request.getHeaders()));
        UpgradeHandler upgrade;
        try {
            upgrade = httpRequest.upgrade(UpgradeHandler.class);
        } catch (IOException | ServletException e) {
            throw new HandshakeFailureException("Tomcat did not upgrade the connection", e);
        }
        upgrade.serve(wire -> new DirectReceiver(
                wire,
                context,
                handler,
                connection -> new DirectSession(
                        connection, wire, context.settings(), handshake, attributes, user, selectedProtocol)));
    }
}
