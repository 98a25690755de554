package io.walcast.relay.gateway.websocket;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;

/**
 * Checks the opening handshake by RFC 6455, before Spring's handler, which is stricter in some points and answers with
 * other codes. It answers 426 to a request that is no upgrade or of another version, and 400 to a malformed one.
 * Stateless.
 */
public final class OpeningCheck implements HandshakeCheck {

    private static final int UPGRADE_REQUIRED = 426;

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        HttpServletRequest httpRequest = ((ServletServerHttpRequest) request).getServletRequest();
        HttpServletResponse httpResponse = ((ServletServerHttpResponse) response).getServletResponse();
        if (!OpeningHandshake.isAsked(httpRequest) || !OpeningHandshake.isVersionKnown(httpRequest)) {
            httpResponse.setHeader(HttpHeaders.UPGRADE, "websocket");
            httpResponse.setHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION, OpeningHandshake.VERSION);
            httpResponse.sendError(UPGRADE_REQUIRED);
            return false;
        }
        if (!OpeningHandshake.isWellFormed(httpRequest)) {
            httpResponse.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return false;
        }
        HttpHeaders headers = request.getHeaders();
        // Spring compares these two with their case and as a whole,
        headers.setUpgrade("websocket");
        headers.setConnection("Upgrade");
        // and fails on some extensions, which would be an error in the log.
        headers.set(WebSocketHttpHeaders.SEC_WEBSOCKET_EXTENSIONS, "");
        return true;
    }
}
