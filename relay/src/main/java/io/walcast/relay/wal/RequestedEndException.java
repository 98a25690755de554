package io.walcast.relay.wal;

/** The end of a healthy engine, at the request of operators. */
final class RequestedEndException extends RuntimeException {

    RequestedEndException(String message) {
        super(message);
    }
}
