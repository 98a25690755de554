package io.walcast.relay.wal;

/** This process may not deliver: another relay owns the slot, or may do so by now. */
public final class NotOwnerException extends HaltedException {

    NotOwnerException() {
        super("another relay may own the slot by now");
    }
}
