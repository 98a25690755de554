package io.walcast.relay.wal;

/**
 * No row can be delivered now, through no fault of its own. The engine ends, no attempt is counted, and the WAL keeps
 * the row for the next engine.
 */
public abstract sealed class HaltedException extends RuntimeException permits NotOwnerException, SinkDownException {

    HaltedException(String message) {
        super(message);
    }

    HaltedException(String message, Throwable cause) {
        super(message, cause);
    }
}
