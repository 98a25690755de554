package io.walcast.identity;

/** What a client says about itself is not enough, or not true. The message is for the people who write the client. */
public final class Unidentified extends Exception {

    /** What the client can do about it. */
    public enum Reason {
        /** Sign in, or say who you are. */
        UNKNOWN,
        /** The token was good once: get a new one. */
        EXPIRED,
        /** Whoever vouches for tokens does not answer: try again after a pause. */
        UNAVAILABLE
    }

    private final Reason reason;

    Unidentified(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** For the client; says nothing of why a token was refused beyond that it is over. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
