package io.walcast.relay.gateway.websocket;

import io.walcast.identity.ByteBudget;
import io.walcast.identity.OriginSettings;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * A WebSocket endpoint of Spring's for a path that serves other requests as well. The handler of those requests sees
 * each request first, and passes an upgrade on with a listener for it. Thread-safe.
 */
public final class WebSocketUpgrade {

    private final Connections connections;
    private final OriginCheck origins;
    private final WebSocketHttpRequestHandler endpoint;

    public WebSocketUpgrade(Connections connections, HandshakeHandler handshakes, OriginSettings allowedOrigins) {
        this.connections = connections;
        this.origins = new OriginCheck(allowedOrigins);
        this.endpoint = new WebSocketHttpRequestHandler(new ListenerHandler(), handshakes);
        this.endpoint.setHandshakeInterceptors(List.of(new HandOn(), new OpeningCheck(), origins));
    }

    /** Whether the client asks for a WebSocket; the other parts of the handshake are checked by {@link #accept}. */
    public static boolean isUpgrade(HttpServletRequest request) {
        return OpeningHandshake.isAsked(request);
    }

    /**
     * Checks the origin of a request, also of one that is no upgrade.
     *
     * @return false if it is not allowed; then the request has been answered with 403
     */
    public boolean admit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        return origins.admit(request, response);
    }

    /**
     * Has Spring complete the handshake; the listener is called when the connection is open. Answers 426 if this is no
     * upgrade or of another version of the protocol, 400 if the handshake is malformed, 403 with a problem document if
     * the page is of an origin that is not allowed.
     *
     * @return whether it has been completed; else the request has been answered
     */
    public boolean accept(HttpServletRequest request, HttpServletResponse response, WebSocketListener listener)
            throws IOException, ServletException {
        request.setAttribute(ListenerHandler.LISTENER, listener);
        endpoint.handleRequest(request, response);
        return response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
    }

    /** The budget of bytes queued for all clients together; other transports share it. */
    public SendBudget budget() {
        return connections.budget();
    }

    /** The budget of bytes of unfinished messages of all clients together; other transports share it. */
    public ByteBudget unfinished() {
        return connections.unfinished();
    }

    /** Passes the listener from the request to the session. */
    private static final class HandOn implements HandshakeCheck {

        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                Map<String, Object> attributes) {
            Object listener =
                    ((ServletServerHttpRequest) request).getServletRequest().getAttribute(ListenerHandler.LISTENER);
            attributes.put(ListenerHandler.LISTENER, listener);
            return true;
        }
    }
}
