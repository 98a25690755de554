package io.walcast.relay.events;

/**
 * The row can never be delivered as it is: to try again would fail again. The message says why, and is stored with the
 * row.
 *
 * <p>It has no stack trace, since a broken producer may cause thousands of these in a second.
 */
public final class UndeliverableException extends RuntimeException {

    public UndeliverableException(String message) {
        super(message, null, false, false);
    }
}
