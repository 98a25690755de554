package io.walcast.relay.delivery;

import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import org.springframework.stereotype.Component;

/**
 * The thread that retries failed deliveries.
 *
 * <p><b>Lifecycle.</b> Starts before the WAL supervisor and stops after it, before the marks; a row that waits for its
 * retry then stays unsettled, and the slot keeps it.
 */
@Component
class Retries extends LifecycleThread {

    private final OrderedRetries retries;

    Retries(OrderedRetries retries) {
        super("walcast-retry", ShutdownOrder.RETRIES);
        this.retries = retries;
    }

    @Override
    protected void run() {
        while (!stopping()) {
            try {
                retries.runDue();
                retries.tellOfFailures();
                retries.awaitDue();
            } catch (InterruptedException e) {
                // only stop() interrupts: the loop sees that it is stopping
            }
        }
        retries.tellOfLastFailures();
    }
}
