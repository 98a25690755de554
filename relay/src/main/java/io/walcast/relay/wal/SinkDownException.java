package io.walcast.relay.wal;

/** What rows are delivered to does not take them now; the message says what does not, and why. */
public final class SinkDownException extends HaltedException {

    public SinkDownException(String message) {
        super(message);
    }

    public SinkDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
