package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Spring's handler of all WebSocket endpoints: it passes messages to the listener of the session, which the handshake
 * has put among the session's attributes.
 *
 * <p><b>Concurrency.</b> Stateless; calls for one session do not overlap. <b>Error policy.</b> A listener that fails is
 * a defect: it is logged as an error and ends its connection with 1011. A failure of a connection is no defect.
 */
public final class ListenerHandler implements WebSocketHandler {

    /** The attribute of a handshake, and then of its session, that is the {@link WebSocketListener}. */
    public static final String LISTENER = WebSocketListener.class.getName();

    private static final Logger LOG = LoggerFactory.getLogger(ListenerHandler.class);

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        WebSocketConnection connection = connection(session);
        guarded(session, () -> listener(session).opened(connection));
    }

    @Override
    public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
        WebSocketListener listener = listener(session);
        if (message instanceof TextMessage text) {
            guarded(session, () -> listener.text(text.getPayload()));
        } else if (message instanceof BinaryMessage binary) {
            guarded(session, () -> listener.binary(binary.getPayload()));
        } else if (message instanceof PongMessage) {
            guarded(session, listener::pong);
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable cause) {
        LOG.debug("Connection {} failed", session.getId(), cause);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        guarded(session, () -> listener(session).closed(status.getCode(), CloseFrame.reason(status)));
    }

    @Override
    public boolean supportsPartialMessages() {
        return false;
    }

    private static void guarded(WebSocketSession session, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("Listener failed, connection is closed", e);
            connection(session).close(Ending.DEFECT);
        }
    }

    private static WebSocketListener listener(WebSocketSession session) {
        if (session.getAttributes().get(LISTENER) instanceof WebSocketListener listener) {
            return listener;
        }
        throw new IllegalStateException("The handshake has left no listener");
    }

    private static WebSocketConnection connection(WebSocketSession session) {
        if (session instanceof TransportSession ours) {
            return ours.connection();
        }
        throw new IllegalStateException("A session of neither transport: " + session);
    }
}
