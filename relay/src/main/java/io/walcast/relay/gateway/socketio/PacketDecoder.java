package io.walcast.relay.gateway.socketio;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.engineio.MalformedPacketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Decodes the messages of one client: {@code <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]}, with the
 * attachments of a binary packet in the binary messages that follow it. Not thread-safe.
 */
final class PacketDecoder {

    private static final int CONNECT = 0;
    private static final int DISCONNECT = 1;
    private static final int EVENT = 2;
    private static final int ACK = 3;
    private static final int BINARY_EVENT = 5;
    private static final int BINARY_ACK = 6;

    /** Names with a meaning of their own in the clients' API. */
    private static final Set<String> RESERVED =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private static final int MAX_NAMESPACE = 256;

    /** Digits that every client's number type holds exactly. */
    private static final int MAX_ID_DIGITS = 15;

    private final int maxAttachments;
    private final int maxBytes;
    private final ByteBudget incoming;
    private final Predicate<String> joined;
    private @Nullable Incomplete incomplete;

    /**
     * @param maxBytes of all attachments of one packet together
     * @param incoming what all clients together may hold here of what they send: a packet counts until it is complete
     * @param joined whether the client has joined a namespace: nobody else can have a packet kept here
     */
    PacketDecoder(int maxAttachments, int maxBytes, ByteBudget incoming, Predicate<String> joined) {
        this.maxAttachments = maxAttachments;
        this.maxBytes = maxBytes;
        this.incoming = incoming;
        this.joined = joined;
    }

    /** @return null when attachments are still to come */
    @Nullable
    Packet text(String message) throws MalformedPacketException {
        if (incomplete != null) {
            throw new MalformedPacketException("text instead of an attachment");
        }
        var header = new Reader(message);
        int type = header.type();
        int attachments = type == BINARY_EVENT || type == BINARY_ACK ? header.attachments() : 0;
        String namespace = header.namespace();
        Long id = header.id();
        JsonNode data = header.rest();
        if (attachments > maxAttachments) {
            throw new MalformedPacketException("too many attachments");
        }
        // Also when attachments are to come: there is no point in waiting for those of a bad packet.
        Packet packet = packet(type, namespace, id, data);
        if (attachments > 0) {
            if (!joined.test(namespace)) {
                throw new MalformedPacketException("namespace not joined");
            }
            var begun = new Incomplete(type, namespace, id, header.text(), attachments);
            take(begun, begun.json.length());
            incomplete = begun;
            return null;
        }
        return packet;
    }

    /** @return null when more attachments are to come */
    @Nullable
    Packet binary(byte[] attachment) throws MalformedPacketException {
        Incomplete packet = incomplete;
        if (packet == null) {
            throw new MalformedPacketException("attachment without a packet");
        }
        take(packet, attachment.length);
        if (!packet.add(attachment, maxBytes)) {
            return null;
        }
        end();
        JsonNode data = Attachments.insert(Json.parse(packet.json), packet.attachments);
        return packet(packet.type, packet.namespace, packet.id, data);
    }

    /** Forgets a packet that is not complete, and what there is of its attachments. */
    void end() {
        if (incomplete != null) {
            incoming.release(incomplete.taken);
            incomplete = null;
        }
    }

    private void take(Incomplete packet, int bytes) throws MalformedPacketException {
        if (!incoming.take(bytes, packet.taken)) {
            throw new MalformedPacketException("clients send more than can be taken");
        }
        packet.taken += bytes;
    }

    private static Packet packet(int type, String namespace, @Nullable Long id, JsonNode data)
            throws MalformedPacketException {
        return switch (type) {
            case CONNECT -> connect(namespace, data);
            case DISCONNECT -> disconnect(namespace, data);
            case EVENT, BINARY_EVENT -> event(namespace, id, data);
            case ACK, BINARY_ACK -> ack(namespace, id, data);
            // CONNECT_ERROR (4) is the server's to send.
            default -> throw new MalformedPacketException("unexpected packet type " + type);
        };
    }

    private static Packet connect(String namespace, JsonNode data) throws MalformedPacketException {
        if (data.isMissingNode()) {
            return new Packet.Connect(namespace, null);
        }
        if (!data.isObject()) {
            throw new MalformedPacketException("CONNECT payload is no object");
        }
        return new Packet.Connect(namespace, data);
    }

    private static Packet disconnect(String namespace, JsonNode data) throws MalformedPacketException {
        if (!data.isMissingNode()) {
            throw new MalformedPacketException("DISCONNECT with a payload");
        }
        return new Packet.Disconnect(namespace);
    }

    private static Packet event(String namespace, @Nullable Long id, JsonNode data) throws MalformedPacketException {
        List<JsonNode> elements = elements(data);
        if (elements.isEmpty()) {
            throw new MalformedPacketException("event without a name");
        }
        JsonNode name = elements.get(0);
        if (!name.isString() && !name.isNumber()) {
            throw new MalformedPacketException("event name is no string");
        }
        if (RESERVED.contains(name.asString())) {
            throw new MalformedPacketException("reserved event name");
        }
        return new Packet.Event(namespace, name.asString(), elements.subList(1, elements.size()), id);
    }

    private static Packet ack(String namespace, @Nullable Long id, JsonNode data) throws MalformedPacketException {
        if (id == null) {
            throw new MalformedPacketException("acknowledgement without an id");
        }
        return new Packet.Ack(namespace, id, elements(data));
    }

    private static List<JsonNode> elements(JsonNode data) throws MalformedPacketException {
        if (!data.isArray()) {
            throw new MalformedPacketException("payload is no array");
        }
        var elements = new ArrayList<JsonNode>(data.size());
        data.forEach(elements::add);
        return List.copyOf(elements);
    }

    /** Reads the parts of a packet from left to right. */
    private static final class Reader {

        private final String message;
        private int position;

        private Reader(String message) {
            this.message = message;
        }

        int type() throws MalformedPacketException {
            if (message.isEmpty() || message.charAt(0) < '0' || message.charAt(0) > '6') {
                throw new MalformedPacketException("unknown packet type");
            }
            return message.charAt(position++) - '0';
        }

        int attachments() throws MalformedPacketException {
            Long count = id();
            if (count == null || count < 1 || position == message.length() || message.charAt(position++) != '-') {
                throw new MalformedPacketException("bad number of attachments");
            }
            return (int) Math.min(count, Integer.MAX_VALUE);
        }

        String namespace() throws MalformedPacketException {
            if (position == message.length() || message.charAt(position) != '/') {
                return Packet.ROOT;
            }
            int comma = message.indexOf(',', position);
            int end = comma < 0 ? message.length() : comma;
            if (end - position > MAX_NAMESPACE) {
                throw new MalformedPacketException("namespace too long");
            }
            String namespace = message.substring(position, end);
            position = Math.min(end + 1, message.length());
            return namespace;
        }

        @Nullable
        Long id() throws MalformedPacketException {
            int start = position;
            while (position < message.length() && message.charAt(position) >= '0' && message.charAt(position) <= '9') {
                position++;
            }
            if (position == start) {
                return null;
            }
            if (position - start > MAX_ID_DIGITS) {
                throw new MalformedPacketException("number too long");
            }
            return Long.valueOf(message.substring(start, position));
        }

        /** The JSON as it came. */
        String text() {
            return message.substring(position);
        }

        JsonNode rest() throws MalformedPacketException {
            return position == message.length() ? MissingNode.getInstance() : Json.parse(message.substring(position));
        }
    }

    /** A binary packet that waits for its attachments: as text, of which objects would take many times the memory. */
    private static final class Incomplete {

        private final int type;
        private final String namespace;
        private final @Nullable Long id;
        private final String json;
        private final int expected;
        private final List<byte[]> attachments = new ArrayList<>();
        private long bytes;

        /** From the budget. */
        private long taken;

        private Incomplete(int type, String namespace, @Nullable Long id, String json, int expected) {
            this.type = type;
            this.namespace = namespace;
            this.id = id;
            this.json = json;
            this.expected = expected;
        }

        /** @return whether this was the last one */
        boolean add(byte[] attachment, int maxBytes) throws MalformedPacketException {
            bytes += attachment.length;
            if (bytes > maxBytes) {
                throw new MalformedPacketException("attachments too long");
            }
            attachments.add(attachment);
            return attachments.size() == expected;
        }
    }
}
