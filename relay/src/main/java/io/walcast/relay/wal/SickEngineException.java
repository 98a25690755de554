package io.walcast.relay.wal;

/** The engine runs, and does not do its work. Another relay may do better. */
final class SickEngineException extends RuntimeException {

    SickEngineException(String message) {
        super(message);
    }
}
