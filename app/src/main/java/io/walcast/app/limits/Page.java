package io.walcast.app.limits;

import java.util.List;

/**
 * One page of an answer, cut by the number of its items and by their bytes.
 *
 * @param more whether there is something after it
 * @param bytes about what the items take in memory
 */
public record Page<T>(List<T> items, boolean more, long bytes) {

    /** Its last item, from which the next page begins. @throws IndexOutOfBoundsException if it is empty */
    public T last() {
        return items.get(items.size() - 1);
    }
}
