package io.walcast.relay.gateway.socketio;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What happens on one socket. Calls come one at a time, in order, and must not block. */
public interface SocketListener {

    /** The client has been told that it is connected. */
    default void connected() {}

    /**
     * An event of the client.
     *
     * @param arguments binary ones, also within others, are binary nodes
     * @param ack null when the client wants no acknowledgement
     */
    void event(String name, List<JsonNode> arguments, @Nullable Ack ack);

    /** The socket is gone: comes exactly once, last, if the socket was connected. */
    void disconnected(String reason);
}
