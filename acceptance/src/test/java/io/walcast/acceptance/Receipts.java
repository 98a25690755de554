package io.walcast.acceptance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What one client got of one conversation, and what its user saw of it: a message that the client has is dropped.
 *
 * <p>Thread-safe.
 */
final class Receipts {

    private final Map<Long, Long> firstArrivals = new HashMap<>();
    private final List<Long> seen = new ArrayList<>();
    private long contiguous;
    private long highest;
    private long repeats;
    private long outOfOrder;

    synchronized void arrived(long seq) {
        if (firstArrivals.putIfAbsent(seq, System.nanoTime()) != null) {
            repeats++;
            return;
        }
        seen.add(seq);
        if (seq < highest) {
            outOfOrder++;
        }
        highest = Math.max(highest, seq);
        while (firstArrivals.containsKey(contiguous + 1)) {
            contiguous++;
        }
    }

    /** The last seq before which nothing is missing: where a client resumes. */
    synchronized long contiguous() {
        return contiguous;
    }

    /** Whether a message arrived while an earlier one has not. */
    synchronized boolean hasHole() {
        return highest > contiguous;
    }

    synchronized boolean has(long seq) {
        return firstArrivals.containsKey(seq);
    }

    /** When the message arrived first, as {@link System#nanoTime()} told; only for one that did. */
    synchronized long arrivedAt(long seq) {
        return firstArrivals.get(seq);
    }

    synchronized long count() {
        return firstArrivals.size();
    }

    /** Messages that came again over the wire. */
    synchronized long repeats() {
        return repeats;
    }

    /** Messages that the user saw again. */
    synchronized long repeatsSeen() {
        return seen.size() - new HashSet<>(seen).size();
    }

    /** Messages whose first arrival came after that of a later one. */
    synchronized long outOfOrder() {
        return outOfOrder;
    }
}
