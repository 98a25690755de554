package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A Spring session of which no method waits for the network. Both transports give such sessions, and only whole
 * messages, to handlers. Thread-safe, unlike other sessions. An incoming message is as long as {@link
 * TransportSettings#maxMessageSize} at most.
 */
public interface TransportSession extends WebSocketSession {

    /** The sending side, for a handler that sends several messages at once. */
    WebSocketConnection connection();

    /**
     * Queues a message, which must be whole.
     *
     * @throws IOException if the queue is too full for it, or the connection is closing
     */
    @Override
    default void sendMessage(WebSocketMessage<?> message) throws IOException {
        if (!message.isLast()) {
            throw new UnsupportedOperationException("Send the message as a whole: it is queued, not streamed");
        }
        boolean taken;
        if (message instanceof TextMessage text) {
            taken = connection().send(text.getPayload());
        } else if (message instanceof BinaryMessage binary) {
            ByteBuffer payload = binary.getPayload().duplicate();
            byte[] content = new byte[payload.remaining()];
            payload.get(content);
            taken = connection().send(Frame.binary(content));
        } else if (message instanceof PingMessage && message.getPayloadLength() == 0) {
            // No ping is needed while messages are being written: the writing shows as well whether the client reads.
            taken = connection().ping() || isOpen();
        } else {
            throw new UnsupportedOperationException("Pings are empty, and pongs are sent unasked");
        }
        if (!taken) {
            throw new IOException("The queue of this connection is full, or it is closing");
        }
    }

    @Override
    default boolean isOpen() {
        return connection().isOpen();
    }

    @Override
    default void close() {
        close(CloseStatus.NORMAL);
    }

    /** Closes after the queued messages have been sent, and does not wait for that. */
    @Override
    default void close(CloseStatus status) {
        connection().close(status.getCode(), CloseFrame.reason(status));
    }
}
