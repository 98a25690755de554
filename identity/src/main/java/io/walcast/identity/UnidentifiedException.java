package io.walcast.identity;

/** A client could not be identified. The message is for the people who write the client. */
public final class UnidentifiedException extends Exception {

    /** What the client can do about it. */
    public enum Reason {
        /** Sign in: what was sent is missing, malformed or not valid. */
        UNKNOWN,
        /** The token has expired: get a new one. */
        EXPIRED,
        /** The issuer of the tokens does not answer: try again after a pause. */
        UNAVAILABLE
    }

    private final Reason reason;

    UnidentifiedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** For the client. Of a token that was refused it tells at most that it has expired. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
