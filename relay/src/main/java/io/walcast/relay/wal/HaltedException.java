package io.walcast.relay.wal;

/**
 * No row can be delivered now, through no fault of its own. The engine ends, nothing is counted against the row, and the
 * WAL keeps it for the next engine.
 */
public abstract sealed class HaltedException extends RuntimeException permits NotOwnerException, SinkDownException {

    HaltedException(String message) {
        super(message);
    }

    HaltedException(String message, Throwable cause) {
        super(message, cause);
    }
}
