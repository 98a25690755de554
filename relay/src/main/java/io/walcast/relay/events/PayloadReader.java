package io.walcast.relay.events;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Parses a payload as a stream, without turning it into objects, at any depth, and checks each conversation that it
 * names. For one thread and one payload.
 */
final class PayloadReader {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonParser parser;
    private final String eventKey;
    private boolean hasConversation;

    private PayloadReader(JsonParser parser, String eventKey) {
        this.parser = parser;
        this.eventKey = eventKey;
    }

    /**
     * Reads the properties of a payload with the given function.
     *
     * @throws UndeliverableException if the payload is no JSON object, or names a conversation that is not the row's
     */
    static <T> T read(String payload, String eventKey, Function<PayloadReader, T> reading) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UndeliverableException("the payload is no JSON object");
            }
            return reading.apply(new PayloadReader(parser, eventKey));
        } catch (JacksonException e) {
            throw new UndeliverableException("the payload cannot be read: " + e.getOriginalMessage());
        }
    }

    /** Moves to the value of the next property; returns the property's name, or null at the end of the object. */
    @Nullable
    String nextName() {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!name.equals("conversationId")) {
                return name;
            }
            if (value != JsonToken.VALUE_STRING || !parser.getString().equalsIgnoreCase(eventKey)) {
                throw new UndeliverableException("the payload names another conversation than the row's event_key");
            }
            hasConversation = true;
        }
        return null;
    }

    /** Whether a conversation was named so far. */
    boolean hasConversation() {
        return hasConversation;
    }

    /** The parser, at the value of the property. */
    JsonParser parser() {
        return parser;
    }
}
