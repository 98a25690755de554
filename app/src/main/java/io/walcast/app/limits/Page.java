package io.walcast.app.limits;

import java.util.List;

/**
 * One page of a longer answer, limited in items and in bytes.
 *
 * @param earlier whether there is a page before it, where an answer is read in both directions
 * @param more whether there is a next page
 * @param bytes approximate size of the items in memory
 */
public record Page<T>(List<T> items, boolean earlier, boolean more, long bytes) {

    /** A page of an answer that is read in one direction. */
    public Page(List<T> items, boolean more, long bytes) {
        this(items, false, more, bytes);
    }

    /** Its first item, before which the page before it ends. @throws IndexOutOfBoundsException if it is empty */
    public T first() {
        return items.get(0);
    }

    /** Its last item, from which the next page begins. @throws IndexOutOfBoundsException if it is empty */
    public T last() {
        return items.get(items.size() - 1);
    }
}
