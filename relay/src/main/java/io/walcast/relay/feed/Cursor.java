package io.walcast.relay.feed;

import org.jspecify.annotations.Nullable;

/**
 * Up to where a client has been told, as it keeps it: {@code epoch/snapshot}.
 *
 * @param epoch the history that the snapshot is of
 * @param snapshot null if it has been told nothing
 */
record Cursor(String epoch, @Nullable Snapshot snapshot) {

    private static final int LONGEST = 4 * 1024;

    /** Of an epoch of ours, with room for others. */
    private static final int LONGEST_EPOCH = 64;

    /** @throws IllegalArgumentException if no cursor has such a text */
    static Cursor parse(String text) {
        int slash = text.indexOf('/');
        if (text.length() > LONGEST || slash < 1 || slash > LONGEST_EPOCH) {
            throw new IllegalArgumentException("not a cursor");
        }
        String snapshot = text.substring(slash + 1);
        return new Cursor(text.substring(0, slash), snapshot.isEmpty() ? null : Snapshot.parse(snapshot));
    }

    @Override
    public String toString() {
        return epoch + "/" + (snapshot == null ? "" : snapshot);
    }
}
