package io.walcast.relay.wal;

/** The sink takes no rows now; the message says which part of it does not, and why. */
public final class SinkDownException extends HaltedException {

    public SinkDownException(String message) {
        super(message);
    }

    public SinkDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
