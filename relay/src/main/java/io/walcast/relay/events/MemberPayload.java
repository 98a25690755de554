package io.walcast.relay.events;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The payload of an event about a member. */
final class MemberPayload {

    private MemberPayload() {}

    /**
     * The member.
     *
     * @param eventKey the row's key, which is the conversation that the payload has to be of
     * @throws UndeliverableException if the payload is not JSON, names nobody, or names another conversation
     */
    static String userId(String payload, String eventKey) {
        return PayloadReader.read(payload, eventKey, MemberPayload::userId);
    }

    private static String userId(PayloadReader reader) {
        String userId = null;
        for (@Nullable String name = reader.nextName(); name != null; name = reader.nextName()) {
            if (name.equals("userId") && reader.parser().currentToken() == JsonToken.VALUE_STRING) {
                userId = reader.parser().getString();
            } else {
                reader.parser().skipChildren();
            }
        }
        if (userId == null) {
            throw new UndeliverableException("the payload has no string \"userId\"");
        }
        return userId;
    }
}
