package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.EnginePacket;
import io.walcast.relay.gateway.websocket.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An event on its way to any number of sockets: encoded once, when it is made. Thread-safe.
 *
 * @see <a href="https://socket.io/docs/v4/socket-io-protocol/">Socket.IO protocol</a>
 */
public final class EventFrame {

    private final Encoded encoded;
    private final List<Frame> frames;

    /** Clients that are in the same rooms only, and at their tail, have the same offset. */
    private volatile @Nullable WithOffset last;

    private record WithOffset(String offset, List<Frame> frames) {}

    private EventFrame(Encoded encoded) {
        this.encoded = encoded;
        this.frames = encoded.frames(Packet.ROOT, null, null);
    }

    /** @param json one argument, already serialised; not checked */
    public static EventFrame of(String name, String json) {
        return new EventFrame(new Encoded("2", "[" + Json.quote(name) + "," + json + "]", List.of()));
    }

    /** @param arguments binary nodes among them, or within, travel as binary attachments */
    public static EventFrame of(String name, List<? extends JsonNode> arguments) {
        ArrayNode data =
                JsonNodeFactory.instance.arrayNode(arguments.size() + 1).add(name);
        arguments.forEach(data::add);
        return new EventFrame(Encoded.of("2", "5", data));
    }

    /**
     * @param ackId asks the client to acknowledge; null if not
     * @param offset trailing argument that a recovering client sends back; null for none
     */
    List<Frame> frames(String namespace, @Nullable Long ackId, @Nullable String offset) {
        if (!namespace.equals(Packet.ROOT) || ackId != null) {
            return encoded.frames(namespace, ackId, offset);
        }
        return offset == null ? frames : withOffset(offset);
    }

    private List<Frame> withOffset(String offset) {
        WithOffset known = last;
        if (known == null || !known.offset().equals(offset)) {
            known = new WithOffset(offset, encoded.frames(Packet.ROOT, null, offset));
            last = known;
        }
        return known.frames();
    }

    static List<Frame> ack(String namespace, long id, List<? extends JsonNode> arguments) {
        ArrayNode data = JsonNodeFactory.instance.arrayNode(arguments.size());
        arguments.forEach(data::add);
        return Encoded.of("3", "6", data).frames(namespace, id, null);
    }

    static List<Frame> ack(String namespace, long id, String json) {
        return new Encoded("3", "[" + json + "]", List.of()).frames(namespace, id, null);
    }

    /** @param type with the number of attachments, if there are any */
    private record Encoded(String type, String array, List<Frame> attachments) {

        static Encoded of(String type, String binaryType, JsonNode data) {
            var binaries = new ArrayList<byte[]>();
            String array = Json.write(Attachments.extract(data, binaries));
            return binaries.isEmpty()
                    ? new Encoded(type, array, List.of())
                    : new Encoded(
                            binaryType + binaries.size() + "-",
                            array,
                            binaries.stream().map(Frame::binary).toList());
        }

        List<Frame> frames(String namespace, @Nullable Long id, @Nullable String offset) {
            var text = new StringBuilder(array.length() + 64)
                    .append(EnginePacket.MESSAGE)
                    .append(type);
            appendNamespace(text, namespace);
            if (id != null) {
                text.append(id.longValue());
            }
            if (offset == null) {
                text.append(array);
            } else {
                text.append(array, 0, array.length() - 1)
                        .append(',')
                        .append(Json.quote(offset))
                        .append(']');
            }
            Frame header = Frame.text(text.toString());
            if (attachments.isEmpty()) {
                return List.of(header);
            }
            var frames = new ArrayList<Frame>(attachments.size() + 1);
            frames.add(header);
            frames.addAll(attachments);
            return List.copyOf(frames);
        }
    }

    static void appendNamespace(StringBuilder text, String namespace) {
        if (!namespace.equals(Packet.ROOT)) {
            text.append(namespace).append(',');
        }
    }
}
