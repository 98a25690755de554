package io.walcast.relay.wal;

/** The engine runs, but does not do its work. Another relay may succeed. */
final class SickEngineException extends RuntimeException {

    SickEngineException(String message) {
        super(message);
    }
}
