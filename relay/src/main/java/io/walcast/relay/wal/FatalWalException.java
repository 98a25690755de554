package io.walcast.relay.wal;

/** Something that trying again cannot mend; the message says what ops must do. */
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
