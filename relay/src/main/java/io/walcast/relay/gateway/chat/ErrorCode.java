package io.walcast.relay.gateway.chat;

import java.util.Locale;

/** Everything that can be wrong with a client's request, each with what the client should do. The list is closed. */
public enum ErrorCode {
    /** Not, or not validly, identified. Identify first, or sign in again. */
    UNAUTHORIZED,
    /** The token was good once. Get a new one, then identify or connect again. */
    TOKEN_EXPIRED,
    /** The request does not have the form that PROTOCOL.md describes. Mend the client; trying again does not help. */
    BAD_REQUEST,
    /** No such conversation, or not for this user. Forget it, unless the user is added to it. */
    NOT_FOUND,
    /** A position or cursor is not in this history. Load the conversations again and ask without it. */
    HISTORY_CHANGED,
    /** Too much of something. Leave something, or slow down, then try again. */
    LIMIT_EXCEEDED,
    /** The server cannot answer now. Try again after a pause. */
    UNAVAILABLE;

    /** As it stands on the wire. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
