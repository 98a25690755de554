package io.walcast.relay.delivery;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The conversations whose last row was parked although its failure could have passed: their next row gets one attempt.
 *
 * <p>Thread-safe. The newest ten thousand are remembered, except those with long keys: a conversation that is forgotten
 * gets more attempts.
 */
final class Distrust {

    private static final int MOST = 10_000;
    private static final int LONGEST_KEY = 100;

    private final Set<String> eventKeys = new LinkedHashSet<>();
    private volatile boolean empty = true;

    synchronized void note(String eventKey) {
        if (eventKey.length() > LONGEST_KEY) {
            return;
        }
        eventKeys.add(eventKey);
        empty = false;
        if (eventKeys.size() > MOST) {
            var oldest = eventKeys.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Costs next to nothing while there are none. */
    void forget(String eventKey) {
        if (!empty) {
            remove(eventKey);
        }
    }

    synchronized boolean has(String eventKey) {
        return eventKeys.contains(eventKey);
    }

    private synchronized void remove(String eventKey) {
        eventKeys.remove(eventKey);
        empty = eventKeys.isEmpty();
    }
}
