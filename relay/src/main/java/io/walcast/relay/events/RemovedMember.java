package io.walcast.relay.events;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The payload of a removal. */
final class RemovedMember {

    private static final JsonMapper JSON = new JsonMapper();

    private RemovedMember() {}

    /** @throws RuntimeException if the payload is not JSON, or names nobody */
    static String userId(String payload) {
        JsonNode userId = JSON.readTree(payload).path("userId");
        if (!userId.isString()) {
            throw new IllegalArgumentException("the payload has no string \"userId\"");
        }
        return userId.stringValue();
    }
}
