package io.walcast.relay.gateway.websocket;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.websocket.server.ServerContainer;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;

/**
 * Spring's standard upgrade to the container's WebSocket layer, with small buffers, no extensions, no copy of the
 * handshake, and the queue of {@link QueuedConnection} in front of each session. Thread-safe.
 */
final class ContainerUpgradeStrategy extends StandardWebSocketUpgradeStrategy {

    /**
     * Size of the container's buffers for pieces of incoming messages, in bytes and in chars. Every connection holds
     * one of each until it ends, so they are small.
     */
    private static final int PIECE = 256;

    private final TransportContext context;

    ContainerUpgradeStrategy(TransportContext context) {
        this.context = context;
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
        super.upgrade(
                new ServletServerHttpRequest(new BareRequest(getHttpServletRequest(request))),
                response,
                selectedProtocol,
                selectedExtensions,
                user,
                new ContainerReceiver(handler, context),
                attributes);
    }

    @Override
    protected ServerContainer getContainer(HttpServletRequest request) {
        ServerContainer container = super.getContainer(request);
        if (container.getDefaultMaxTextMessageBufferSize() != PIECE) {
            container.setDefaultMaxTextMessageBufferSize(PIECE);
            container.setDefaultMaxBinaryMessageBufferSize(PIECE);
        }
        return container;
    }
}
