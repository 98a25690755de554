package io.walcast.relay.events;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the delivery of a message needs of its payload: the message as it stands there, and its seq.
 *
 * <p>The JSON is walked over once and never turned into objects: the message goes out as the text that the table gave.
 *
 * @param message JSON of the message
 * @param seq its place in the conversation
 */
record MessagePayload(String message, long seq) {

    /**
     * @param eventKey the row's key, which is the conversation that the payload has to be of
     * @throws UndeliverableException if the payload is not JSON, has no message with a positive seq, or names another
     *     conversation
     */
    static MessagePayload parse(String payload, String eventKey) {
        return PayloadReader.read(payload, eventKey, reader -> read(reader, payload));
    }

    private static MessagePayload read(PayloadReader reader, String payload) {
        MessagePayload found = null;
        for (String name = reader.nextName(); name != null; name = reader.nextName()) {
            JsonParser parser = reader.parser();
            if (name.equals("message") && parser.currentToken() == JsonToken.START_OBJECT) {
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                long seq = seqOf(reader);
                int end = (int) parser.currentLocation().getCharOffset();
                found = new MessagePayload(payload.substring(begin, end), seq);
            } else {
                parser.skipChildren();
            }
        }
        if (found == null) {
            throw new UndeliverableException("the payload has no object \"message\"");
        }
        return found;
    }

    /** Reads to the end of the message. */
    private static long seqOf(PayloadReader reader) {
        long seq = 0;
        for (String name = reader.nextName(); name != null; name = reader.nextName()) {
            JsonParser parser = reader.parser();
            if (name.equals("seq") && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                seq = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        if (seq < 1) {
            throw new UndeliverableException("the message has no seq");
        }
        return seq;
    }
}
