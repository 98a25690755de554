package io.walcast.relay.wal;

/** The running engine may not bring every row. It ends, and the table is swept before the next one starts. */
final class DoubtException extends RuntimeException {

    private final transient Doubt doubt;

    DoubtException(Doubt doubt) {
        super(doubt.what());
        this.doubt = doubt;
    }

    Doubt doubt() {
        return doubt;
    }
}
