package io.walcast.relay.events;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The properties of a payload that delivery needs. The payload itself is sent as the text that the table has.
 *
 * <p>The JSON is parsed once, as a stream, and never turned into objects.
 *
 * @param pos the place in the log to which the event moves a client; 0 if it names none
 * @param from the place from which the event moves a client
 * @param hasMessage whether it contains a message
 * @param seq of that message; 0 if there is none
 * @param scrubbed whether the text of its message was removed, so that its content is in the table only
 * @param userId the user that it names; null if there is none
 * @param hasConversation whether it names a conversation, which is then that of the row
 */
record EventPayload(
        long pos,
        long from,
        boolean hasMessage,
        long seq,
        boolean scrubbed,
        @Nullable String userId,
        boolean hasConversation) {

    /**
     * @param eventKey the row's key: the id of the conversation that the payload may name
     * @throws UndeliverableException if the payload is not JSON, or names another conversation or an invalid place
     */
    static EventPayload parse(String payload, String eventKey) {
        return PayloadReader.read(payload, eventKey, EventPayload::read);
    }

    /** @throws UndeliverableException if it does not move a client by exactly one place */
    void requireOnePlace() {
        if (pos < 1 || from != pos - 1) {
            throw new UndeliverableException("the payload has no \"pos\" with the \"from\" before it");
        }
    }

    private static EventPayload read(PayloadReader reader) {
        JsonParser parser = reader.parser();
        long pos = 0;
        long from = -1;
        boolean hasMessage = false;
        long seq = 0;
        boolean scrubbed = false;
        String userId = null;
        for (@Nullable String name = reader.nextName(); name != null; name = reader.nextName()) {
            JsonToken value = parser.currentToken();
            if (name.equals("pos") && value == JsonToken.VALUE_NUMBER_INT) {
                pos = parser.getLongValue();
            } else if (name.equals("from") && value == JsonToken.VALUE_NUMBER_INT) {
                from = parser.getLongValue();
            } else if (name.equals("message") && value == JsonToken.START_OBJECT) {
                hasMessage = true;
                seq = seqOf(reader);
            } else if (name.equals("userId") && value == JsonToken.VALUE_STRING) {
                userId = parser.getString();
            } else if (name.equals("scrubbed")) {
                scrubbed = value == JsonToken.VALUE_TRUE;
            } else {
                parser.skipChildren();
            }
        }
        if (pos != 0 && (from < 0 || from >= pos)) {
            throw new UndeliverableException("the payload has a \"pos\" and no \"from\" before it");
        }
        return new EventPayload(pos, from, hasMessage, seq, scrubbed, userId, reader.hasConversation());
    }

    /** Reads to the end of the message. */
    private static long seqOf(PayloadReader reader) {
        long seq = 0;
        for (@Nullable String name = reader.nextName(); name != null; name = reader.nextName()) {
            JsonParser parser = reader.parser();
            if (name.equals("seq") && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                seq = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        return seq;
    }
}
