package io.walcast.app.limits;

import java.util.List;

/**
 * One page of a longer answer, limited in items and in bytes.
 *
 * @param more whether there is a next page
 * @param bytes approximate size of the items in memory
 */
public record Page<T>(List<T> items, boolean more, long bytes) {

    /** Its last item, from which the next page begins. @throws IndexOutOfBoundsException if it is empty */
    public T last() {
        return items.get(items.size() - 1);
    }
}
