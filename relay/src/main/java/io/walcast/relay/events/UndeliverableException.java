package io.walcast.relay.events;

/**
 * An outbox row can never be delivered as it is, so that a retry would fail too. The message has the reason, and is
 * stored with the row.
 *
 * <p>It has no stack trace, since a broken producer may cause thousands of these in a second.
 */
public final class UndeliverableException extends RuntimeException {

    public UndeliverableException(String message) {
        super(message, null, false, false);
    }
}
