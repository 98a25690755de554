package io.walcast.relay.events;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What the delivery of a message needs of its payload: the message as it stands there, and its seq.
 *
 * <p>The JSON is walked over once and never turned into objects: the message goes out as the text that the table gave.
 *
 * @param message JSON of the message
 * @param seq its place in the conversation
 */
record MessagePayload(String message, long seq) {

    private static final JsonFactory JSON = new JsonFactory();

    /** @throws RuntimeException if the payload is not JSON, or has no message with a positive seq */
    static MessagePayload parse(String payload) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (name.equals("message") && value == JsonToken.START_OBJECT) {
                        int begin = (int) parser.currentTokenLocation().getCharOffset();
                        long seq = seqOf(parser);
                        int end = (int) parser.currentLocation().getCharOffset();
                        return new MessagePayload(payload.substring(begin, end), seq);
                    }
                    parser.skipChildren();
                }
            }
        }
        throw new IllegalArgumentException("the payload has no object \"message\"");
    }

    /** Reads to the end of the message. */
    private static long seqOf(JsonParser parser) {
        long seq = 0;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("seq") && value == JsonToken.VALUE_NUMBER_INT) {
                seq = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        if (seq < 1) {
            throw new IllegalArgumentException("the message has no seq");
        }
        return seq;
    }
}
