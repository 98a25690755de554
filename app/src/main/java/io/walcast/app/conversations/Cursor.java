package io.walcast.app.conversations;

import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A position in the list of a user's conversations, after which a page begins. The id orders conversations with the
 * same time.
 */
record Cursor(OffsetDateTime updatedAt, UUID id) {

    /** Before the first: the driver takes this time for PostgreSQL's infinity. */
    static final Cursor START = new Cursor(OffsetDateTime.MAX, new UUID(-1, -1));

    private static final char SEPARATOR = '_';

    /**
     * Reads the text form; the web framework calls this for a parameter of a request.
     *
     * @throws IllegalArgumentException if it is not a cursor
     */
    public static Cursor valueOf(String text) {
        var separator = text.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException("not a cursor: " + text);
        }
        var updatedAt = OffsetDateTime.parse(text.substring(0, separator));
        if (updatedAt.getYear() < 0 || updatedAt.getYear() > 9999) {
            throw new IllegalArgumentException("not a time that PostgreSQL has: " + updatedAt);
        }
        return new Cursor(updatedAt, UUID.fromString(text.substring(separator + 1)));
    }

    @Override
    public String toString() {
        return updatedAt.toString() + SEPARATOR + id;
    }
}
