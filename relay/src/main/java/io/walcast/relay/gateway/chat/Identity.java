package io.walcast.relay.gateway.chat;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Finds out who a client is. In development mode it is believed what it says. */
@Component
public final class Identity {

    /** As for the REST API's X-User-Id: what a header and a path can carry. */
    private static final Pattern USER_ID = Pattern.compile("(?!\\.{1,2}$)[!-.0-\\[\\]-~]{1,255}");

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
        if (!USER_ID.matcher(userId).matches()) {
            throw new Refusal(
                    ErrorCode.UNAUTHORIZED,
                    "A userId has 1 to 255 visible ASCII characters without / and \\, and is not . or ...");
        }
        return userId;
    }
}
