package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;

/**
 * The callbacks of one connection to its owner, made by {@link ListenerHandler}. Calls never overlap and must not
 * block: they run on the container's threads. An exception is logged and closes the connection with 1011.
 */
public interface WebSocketListener {

    /** The handshake is done; the connection may be used from now on. */
    void opened(WebSocketConnection connection);

    /** A whole text message, at most as long as the settings allow. */
    void text(String message);

    /** A whole binary message. The buffer belongs to the listener. */
    void binary(ByteBuffer message);

    /** The client has answered a {@link WebSocketConnection#ping}. */
    default void pong() {}

    /**
     * The connection has ended. Called exactly once, as the last callback.
     *
     * @param code close code of RFC 6455, section 7.4; 1006 when the network broke
     */
    void closed(int code, String reason);
}
