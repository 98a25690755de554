package io.walcast.relay.gateway.websocket;

import io.walcast.relay.gateway.formats.Ending;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * The receiving side of one connection of the container's layer, between the container and the endpoint's handler.
 *
 * <p>It assembles messages from the container's small pieces, within the shared budget, so that no idle connection
 * holds a buffer for the largest message. It also serialises the handler's calls, because a close may come from a
 * thread other than the reader's.
 */
final class ContainerReceiver extends WebSocketHandlerDecorator {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerReceiver.class);

    /** Property names of Tomcat; other containers ignore them. */
    private static final String BLOCKING_SEND = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

    private static final String CLOSE = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

    private final TransportContext context;
    private final int maxMessageBytes;

    private @Nullable ContainerConnection connection;
    private @Nullable ContainerSession session;
    private @Nullable StringBuilder text;
    private @Nullable ByteArrayOutputStream binary;

    /** Bytes of the incomplete message; negative if the rest of that message is to be ignored. */
    private int receivedBytes;

    private int heldBytes;
    private boolean closed;

    ContainerReceiver(WebSocketHandler handler, TransportContext context) {
        super(handler);
        this.context = context;
        this.maxMessageBytes = (int) context.settings().maxMessageSize().toBytes();
    }

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public synchronized void afterConnectionEstablished(WebSocketSession standard) throws Exception {
        Session container =
                standard instanceof NativeWebSocketSession view ? view.getNativeSession(Session.class) : null;
        if (container == null) {
            throw new IllegalStateException("The container's WebSockets must be those of Jakarta WebSocket");
        }
        TransportSettings settings = context.settings();
        container
                .getUserProperties()
                .putAll(Map.of(
                        BLOCKING_SEND, settings.writeTimeout().toMillis(),
                        CLOSE, settings.closeTimeout().toMillis()));
        var opened = new ContainerConnection(standard, container, context, this::onClosed, this::dropUnfinished);
        connection = opened;
        session = new ContainerSession(standard, opened);
        context.open().add(opened);
        getDelegate().afterConnectionEstablished(session);
    }

    @Override
    public synchronized void handleMessage(WebSocketSession standard, WebSocketMessage<?> message) throws Exception {
        if (closed || session == null) {
            return;
        }
        if (message instanceof TextMessage part) {
            receive(part);
        } else if (message instanceof BinaryMessage part) {
            receive(part);
        } else {
            getDelegate().handleMessage(session, message);
        }
    }

    /** Only logged at debug level: a close follows, and a failure of one client's connection concerns no other. */
    @Override
    public void handleTransportError(WebSocketSession standard, Throwable cause) {
        LOG.debug("A connection failed", cause);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession standard, CloseStatus status) {
        if (connection != null) {
            connection.closedByContainer(status);
        }
    }

    private void receive(TextMessage part) throws Exception {
        String piece = part.getPayload();
        if (!accept(Utf8.length(piece), part.isLast())) {
            return;
        }
        if (part.isLast() && text == null) {
            complete(part);
            return;
        }
        if (text == null) {
            text = new StringBuilder(2 * piece.length());
        }
        text.append(piece);
        if (part.isLast()) {
            complete(new TextMessage(text));
        }
    }

    private void receive(BinaryMessage part) throws Exception {
        ByteBuffer piece = part.getPayload();
        if (!accept(piece.remaining(), part.isLast())) {
            return;
        }
        if (part.isLast() && binary == null) {
            complete(part);
            return;
        }
        if (binary == null) {
            binary = new ByteArrayOutputStream(2 * piece.remaining());
        }
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        binary.writeBytes(bytes);
        if (part.isLast()) {
            complete(new BinaryMessage(binary.toByteArray()));
        }
    }

    /** @return false for the rest of a message that is too long, or that exceeds the budget */
    private boolean accept(int bytes, boolean last) {
        if (receivedBytes < 0) {
            return false;
        }
        receivedBytes += bytes;
        if (receivedBytes > maxMessageBytes) {
            refuse(CloseStatus.TOO_BIG_TO_PROCESS, "message longer than " + maxMessageBytes + " bytes");
            return false;
        }
        if (last) {
            return true;
        }
        if (!context.unfinished().take(bytes, heldBytes)) {
            refuse(CloseStatus.POLICY_VIOLATION, Ending.LIMIT_EXCEEDED.reason());
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    private void refuse(CloseStatus code, String reason) {
        dropUnfinished();
        receivedBytes = -1;
        if (connection != null) {
            connection.close(code.withReason(reason));
        }
    }

    private void complete(WebSocketMessage<?> whole) throws Exception {
        dropUnfinished();
        receivedBytes = 0;
        if (session != null) {
            getDelegate().handleMessage(session, whole);
        }
    }

    private synchronized void dropUnfinished() {
        text = null;
        binary = null;
        context.unfinished().release(heldBytes);
        heldBytes = 0;
    }

    private synchronized void onClosed(CloseStatus status) {
        if (closed || session == null) {
            return;
        }
        closed = true;
        try {
            getDelegate().afterConnectionClosed(session, status);
        } catch (Exception e) {
            LOG.error("WebSocket handler failed", e);
        }
    }
}
