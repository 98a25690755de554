package io.walcast.relay.wal;

/** Writes positions in the WAL as PostgreSQL does. */
final class Lsn {

    private Lsn() {}

    /** @param bytes from the beginning of the WAL */
    static String of(long bytes) {
        return "%X/%X".formatted(bytes >>> 32, bytes & 0xFFFFFFFFL);
    }
}
