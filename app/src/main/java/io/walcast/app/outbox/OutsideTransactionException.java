package io.walcast.app.outbox;

/** An event was appended outside the transaction of the change that it describes. */
public final class OutsideTransactionException extends IllegalStateException {

    OutsideTransactionException(OutboxTopic topic) {
        super("an event of topic " + topic
                + " can only be appended inside the transaction of the change that it describes");
    }
}
