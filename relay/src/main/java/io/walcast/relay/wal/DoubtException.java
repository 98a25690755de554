package io.walcast.relay.wal;

/** The engine that runs may not bring every row: it ends, and the table is swept before the next one starts. */
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
