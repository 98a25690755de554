package io.walcast.relay.wal;

/** A failure that a retry cannot fix; the message says what operators must do. */
final class FatalWalException extends RuntimeException {

    private final String remedy;

    FatalWalException(String message) {
        super(message);
        this.remedy = message;
    }

    FatalWalException(String message, Throwable cause) {
        super(message, cause);
        this.remedy = message;
    }

    String remedy() {
        return remedy;
    }
}
