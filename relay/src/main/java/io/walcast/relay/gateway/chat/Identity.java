package io.walcast.relay.gateway.chat;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Finds out who a client is. In development mode it is believed what it says. */
@Component
public final class Identity {

    private static final int LONGEST = 128;

    /**
     * The user that the data of an {@code authenticate} event, or of a Socket.IO CONNECT, names.
     *
     * @throws Refusal with {@link ErrorCode#UNAUTHORIZED} if it names none
     */
    public String of(@Nullable JsonNode auth) throws Refusal {
        JsonNode userId = auth == null ? null : auth.get("userId");
        return of(userId != null && userId.isString() ? userId.stringValue() : null);
    }

    /** The user of this name. */
    public String of(@Nullable String userId) throws Refusal {
        if (userId == null || userId.isBlank()) {
            throw new Refusal(ErrorCode.UNAUTHORIZED, "Say who you are with a userId.");
        }
        if (userId.length() > LONGEST || userId.chars().anyMatch(Character::isISOControl)) {
            throw new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "A userId has at most " + LONGEST + " characters and no control characters.");
        }
        return userId;
    }
}
