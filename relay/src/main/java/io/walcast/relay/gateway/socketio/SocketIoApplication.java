package io.walcast.relay.gateway.socketio;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a Socket.IO server is for. Thread-safe: many clients connect at a time. */
public interface SocketIoApplication {

    /** The namespaces that exist; clients that ask for others are told {@code Invalid namespace}. */
    default Set<String> namespaces() {
        return Set.of(Packet.ROOT);
    }

    /**
     * A client wants to join a namespace. Called before it is answered, and must not block.
     *
     * <p>If {@link Socket#recovery()} is there and the application can continue from its offset, it calls {@link
     * Socket#recover()}. What the client has missed it emits before it returns, or from {@link
     * SocketListener#connected()} on where finding it out would block.
     *
     * @param auth what the client sent to identify itself; null if nothing
     * @return told what happens on this socket from now on
     * @throws ConnectRefused to refuse the client
     */
    SocketListener connect(Socket socket, @Nullable JsonNode auth) throws ConnectRefused;
}
