package io.walcast.relay.wal;

/** The end of an engine that is well, as ops wish. */
final class RequestedEndException extends RuntimeException {

    RequestedEndException(String message) {
        super(message);
    }
}
