package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.MalformedPacketException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Binary values in JSON: each travels apart from it and leaves {@code {"_placeholder":true,"num":n}} in its place. */
final class Attachments {

    private static final String PLACEHOLDER = "_placeholder";
    private static final String NUMBER = "num";

    private Attachments() {}

    /** The same value with binary nodes where there were placeholders. */
    static JsonNode insert(JsonNode value, List<byte[]> attachments) throws MalformedPacketException {
        if (value instanceof ObjectNode object) {
            if (object.path(PLACEHOLDER).isBoolean() && object.path(PLACEHOLDER).booleanValue()) {
                JsonNode number = object.path(NUMBER);
                if (!number.isInt() || number.intValue() < 0 || number.intValue() >= attachments.size()) {
                    throw new MalformedPacketException("placeholder without an attachment");
                }
                return BinaryNode.valueOf(attachments.get(number.intValue()));
            }
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            for (var property : object.properties()) {
                copy.set(property.getKey(), insert(property.getValue(), attachments));
            }
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            for (JsonNode element : array) {
                copy.add(insert(element, attachments));
            }
            return copy;
        }
        return value;
    }

    /** The same value with placeholders where there were binary nodes, which are added to {@code attachments}. */
    static JsonNode extract(JsonNode value, List<byte[]> attachments) {
        if (value instanceof BinaryNode binary) {
            ObjectNode placeholder = JsonNodeFactory.instance.objectNode();
            placeholder.put(PLACEHOLDER, true).put(NUMBER, attachments.size());
            attachments.add(binary.binaryValue());
            return placeholder;
        }
        if (value instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties()
                    .forEach(property -> copy.set(property.getKey(), extract(property.getValue(), attachments)));
            return copy;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(element -> copy.add(extract(element, attachments)));
            return copy;
        }
        return value;
    }
}
