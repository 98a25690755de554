package io.walcast.relay.wal;

/** The sink takes no rows now; the message names the failing part and the reason. */
public final class SinkDownException extends HaltedException {

    public SinkDownException(String message) {
        super(message);
    }

    public SinkDownException(String message, Throwable cause) {
        super(message, cause);
    }
}
