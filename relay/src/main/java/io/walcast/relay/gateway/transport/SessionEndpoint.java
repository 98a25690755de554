package io.walcast.relay.gateway.transport;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving side of one connection. Puts messages together from the container's small pieces, so that no connection
 * holds a buffer for the largest message while it is idle, and keeps the listener's calls apart: a close may come from a
 * thread other than the reader's.
 */
final class SessionEndpoint extends Endpoint {

    private static final Logger log = LoggerFactory.getLogger(SessionEndpoint.class);

    private final WebSocketListener listener;
    private final TransportSettings settings;
    private final TransportThreads threads;
    private final SendBudget budget;
    private final SendBudget unfinished;
    private final AtomicInteger connections;
    private final int maxMessageBytes;

    private @Nullable WebSocketConnection connection;
    private @Nullable StringBuilder text;
    private @Nullable ByteArrayOutputStream binary;
    private int receivedBytes;
    private int heldBytes;
    private boolean over;

    /**
     * @param unfinished what the messages may take of which all connections together have only received a part
     * @param connections counts those that are open
     */
    SessionEndpoint(
            WebSocketListener listener,
            TransportSettings settings,
            TransportThreads threads,
            SendBudget budget,
            SendBudget unfinished,
            AtomicInteger connections) {
        this.listener = listener;
        this.settings = settings;
        this.threads = threads;
        this.budget = budget;
        this.unfinished = unfinished;
        this.connections = connections;
        this.maxMessageBytes = (int) settings.maxMessageSize().toBytes();
    }

    @Override
    public synchronized void onOpen(Session session, EndpointConfig config) {
        var opened = new WebSocketConnection(session, settings, budget, threads, this::over);
        connection = opened;
        connections.incrementAndGet();
        // Not lambdas: the container reads the type of the message from the class.
        session.addMessageHandler(String.class, new MessageHandler.Partial<String>() {
            @Override
            public void onMessage(String part, boolean last) {
                receiveText(part, last);
            }
        });
        session.addMessageHandler(ByteBuffer.class, new MessageHandler.Partial<ByteBuffer>() {
            @Override
            public void onMessage(ByteBuffer part, boolean last) {
                receiveBinary(part, last);
            }
        });
        session.addMessageHandler(PongMessage.class, new MessageHandler.Whole<PongMessage>() {
            @Override
            public void onMessage(PongMessage pong) {
                receivePong();
            }
        });
        guarded(() -> listener.opened(opened));
    }

    private synchronized void receiveText(String part, boolean last) {
        int bytes = Utf8.length(part);
        if (!accept(bytes)) {
            return;
        }
        if (!last && !hold(bytes)) {
            return;
        }
        if (last && text == null) {
            receivedBytes = 0;
            guarded(() -> listener.text(part));
            return;
        }
        if (text == null) {
            text = new StringBuilder(2 * part.length());
        }
        text.append(part);
        if (last) {
            String whole = text.toString();
            dropUnfinished();
            receivedBytes = 0;
            guarded(() -> listener.text(whole));
        }
    }

    private synchronized void receivePong() {
        if (!over) {
            guarded(listener::pong);
        }
    }

    private synchronized void receiveBinary(ByteBuffer part, boolean last) {
        if (!accept(part.remaining()) || (!last && !hold(part.remaining()))) {
            return;
        }
        if (binary == null) {
            binary = new ByteArrayOutputStream(part.remaining());
        }
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            ByteBuffer whole = ByteBuffer.wrap(binary.toByteArray());
            dropUnfinished();
            receivedBytes = 0;
            guarded(() -> listener.binary(whole));
        }
    }

    /** False for the rest of a message that is too long, and for whatever comes after our close. */
    private boolean accept(int bytes) {
        if (over || receivedBytes < 0) {
            return false;
        }
        receivedBytes += bytes;
        if (receivedBytes > maxMessageBytes) {
            ignoreRest();
            close(CloseReason.CloseCodes.TOO_BIG, "message longer than " + maxMessageBytes + " bytes");
            return false;
        }
        return true;
    }

    /** Counts a piece that is not the last. False if the unfinished messages of all connections take too much. */
    private boolean hold(int bytes) {
        if (unfinished.take(bytes, heldBytes)) {
            heldBytes += bytes;
            return true;
        }
        ignoreRest();
        close(CloseReason.CloseCodes.VIOLATED_POLICY, "limit_exceeded");
        return false;
    }

    private void ignoreRest() {
        receivedBytes = -1;
        dropUnfinished();
    }

    private void dropUnfinished() {
        text = null;
        binary = null;
        unfinished.release(heldBytes);
        heldBytes = 0;
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        over(reason);
    }

    @Override
    public void onError(Session session, Throwable cause) {
        log.debug("Connection {} failed", session.getId(), cause);
    }

    private synchronized void over(CloseReason reason) {
        if (over) {
            return;
        }
        over = true;
        dropUnfinished();
        if (connection != null) {
            connections.decrementAndGet();
            connection.markClosed();
            guarded(() -> listener.closed(reason.getCloseCode().getCode(), reason.getReasonPhrase()));
        }
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.error("Listener failed, connection is closed", e);
            close(CloseReason.CloseCodes.UNEXPECTED_CONDITION, "internal error");
        }
    }

    private void close(CloseReason.CloseCode code, String reason) {
        if (connection != null) {
            connection.close(code.getCode(), reason);
        }
    }
}
