package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.RandomIds;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client that was connected before sends to continue where it was.
 *
 * @param privateId the {@code pid} of its former socket
 * @param offset the trailing string argument of the last event that it received, made by the application
 */
public record Recovery(String privateId, String offset) {

    /** Longer offsets were not made here. */
    private static final int MAX_OFFSET = 16_384;

    static @Nullable Recovery in(@Nullable JsonNode auth) {
        if (auth == null || !auth.path("pid").isString() || !auth.path("offset").isString()) {
            return null;
        }
        String privateId = auth.path("pid").stringValue();
        String offset = auth.path("offset").stringValue();
        return RandomIds.isOne(privateId) && offset.length() <= MAX_OFFSET ? new Recovery(privateId, offset) : null;
    }
}
