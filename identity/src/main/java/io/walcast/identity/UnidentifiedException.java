package io.walcast.identity;

/** A client could not be identified. The message is for developers of clients. */
public final class UnidentifiedException extends Exception {

    /** The reason, with the step that the client can take. */
    public enum Reason {
        /** The identity is missing, malformed or not valid: sign in. */
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

    /** The message for the client. It tells no more of a refused token than that it has expired. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
