package io.walcast.relay.feed;

import org.jspecify.annotations.Nullable;

/**
 * The position of a client in its feed. The client keeps it as a text, {@code epoch/snapshot}.
 *
 * @param epoch the history of the snapshot
 * @param snapshot null if the client has received nothing
 */
record Cursor(String epoch, @Nullable Snapshot snapshot) {

    private static final int LONGEST = 4 * 1024;

    /** Our own epochs are shorter. */
    private static final int LONGEST_EPOCH = 64;

    /** @throws IllegalArgumentException if the text is not a cursor */
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
