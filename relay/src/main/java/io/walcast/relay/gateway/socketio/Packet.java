package io.walcast.relay.gateway.socketio;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client sent in a namespace (socket.io-protocol v5, "Packet encoding"). Binary arguments are in place. */
sealed interface Packet {

    /** The namespace that every client starts with; it is left out on the wire. */
    String ROOT = "/";

    String namespace();

    /** @param auth null when the client sent none */
    record Connect(String namespace, @Nullable JsonNode auth) implements Packet {}

    record Disconnect(String namespace) implements Packet {}

    /** @param ackId null when the client wants no acknowledgement */
    record Event(
            String namespace,
            String name,
            List<JsonNode> arguments,
            @Nullable Long ackId) implements Packet {}

    record Ack(String namespace, long id, List<JsonNode> arguments) implements Packet {}
}
