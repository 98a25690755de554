package io.walcast.relay.ops.slots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Free space of the volume of the server's WAL, if that is on this machine. */
final class WalVolume {

    private WalVolume() {}

    /** Null if it is unknown: the server is on another machine, or does not tell its data directory. */
    static @Nullable Long freeBytes(ServerReadings.Server server) {
        if (!server.local() || server.dataDirectory() == null) {
            return null;
        }
        Path data = Path.of(server.dataDirectory());
        Path wal = data.resolve("pg_wal"); // may be a link to another volume, and out of sight for us
        try {
            return Files.getFileStore(Files.exists(wal) ? wal : data).getUsableSpace();
        } catch (IOException e) {
            return null;
        }
    }
}
