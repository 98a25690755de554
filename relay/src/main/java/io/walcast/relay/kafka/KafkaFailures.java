package io.walcast.relay.kafka;

import org.springframework.core.NestedExceptionUtils;

/** Describes failures of Kafka's clients. */
final class KafkaFailures {

    private KafkaFailures() {}

    /** The message of the innermost cause. The exceptions around it are less specific. */
    static String reason(Throwable failure) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
