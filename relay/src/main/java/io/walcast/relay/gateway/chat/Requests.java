package io.walcast.relay.gateway.chat;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Takes requests apart. Everything it refuses, it explains. */
final class Requests {

    private static final int UUID_LENGTH = 36;

    /** Of an epoch of ours, with room for others. */
    private static final int LONGEST_EPOCH = 64;

    private Requests() {}

    static UUID conversationId(@Nullable JsonNode data) throws Refusal {
        String text = string(data, "conversationId");
        if (text == null) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "The data needs a conversationId.");
        }
        try {
            if (text.length() == UUID_LENGTH) {
                return UUID.fromString(text);
            }
        } catch (IllegalArgumentException e) {
            // refused below, with all others
        }
        throw new Refusal(ErrorCode.BAD_REQUEST, "A conversationId is a UUID.");
    }

    /** The last seq that the client has; null if it did not say. */
    static @Nullable Long after(@Nullable JsonNode data) throws Refusal {
        return number(data, "after", "after is a seq: a whole number from 0 on.");
    }

    /** The place in the log up to which the client has everything; null if it did not say. */
    static @Nullable Long pos(@Nullable JsonNode data) throws Refusal {
        return number(data, "pos", "pos is a place in the log: a whole number from 0 on.");
    }

    static @Nullable String epoch(@Nullable JsonNode data) throws Refusal {
        String epoch = string(data, "epoch");
        if (epoch != null && epoch.length() > LONGEST_EPOCH) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "An epoch is the one of an earlier answer.");
        }
        return epoch;
    }

    /** What {@code feed.cursor} said last; null if the client has nothing. */
    static @Nullable String cursor(@Nullable JsonNode data) throws Refusal {
        return data == null || data.isNull() ? null : string(data, "cursor");
    }

    static boolean flag(@Nullable JsonNode data, String name) throws Refusal {
        JsonNode value = present(data, name);
        if (value == null || !value.isBoolean()) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "The data needs a boolean " + name + ".");
        }
        return value.booleanValue();
    }

    private static @Nullable Long number(@Nullable JsonNode data, String name, String otherwise) throws Refusal {
        JsonNode value = present(data, name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new Refusal(ErrorCode.BAD_REQUEST, otherwise);
        }
        return value.longValue();
    }

    private static @Nullable String string(@Nullable JsonNode data, String name) throws Refusal {
        JsonNode value = present(data, name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw new Refusal(ErrorCode.BAD_REQUEST, name + " is a string.");
        }
        return value.stringValue();
    }

    private static @Nullable JsonNode present(@Nullable JsonNode data, String name) throws Refusal {
        if (data == null || !data.isObject()) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "The data is an object.");
        }
        JsonNode value = data.get(name);
        return value == null || value.isNull() ? null : value;
    }
}
