package io.walcast.relay.wal;

import java.util.Locale;

/** Formats positions in the WAL as PostgreSQL does. */
final class Lsn {

    private Lsn() {}

    /** @param bytes from the beginning of the WAL */
    static String of(long bytes) {
        return String.format(Locale.ROOT, "%X/%X", bytes >>> 32, bytes & 0xFFFFFFFFL);
    }
}
