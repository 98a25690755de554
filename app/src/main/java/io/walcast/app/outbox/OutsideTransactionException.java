package io.walcast.app.outbox;

/** An event was to be appended where no transaction could hold it together with the change it tells of. */
public final class OutsideTransactionException extends IllegalStateException {

    OutsideTransactionException(String topic) {
        super("an event of topic " + topic + " can only be appended inside the transaction of the change it tells of");
    }
}
