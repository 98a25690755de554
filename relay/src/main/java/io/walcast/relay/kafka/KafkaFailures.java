package io.walcast.relay.kafka;

import org.springframework.core.NestedExceptionUtils;

/** What failures of Kafka's clients say. */
final class KafkaFailures {

    private KafkaFailures() {}

    /** The innermost cause, which names what happened; the layers around it only say that something did. */
    static String reason(Throwable failure) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
