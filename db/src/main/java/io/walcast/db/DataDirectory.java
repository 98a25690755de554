package io.walcast.db;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.walcast.startup.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directory of an embedded server, held by one process at a time.
 *
 * <p>Lifecycle: {@link #claim} locks it before anything in it is touched, {@link #close} releases it. The operating
 * system releases the lock with the end of the process, also after a crash. Concurrency: immutable. Error policy: a
 * fault that the user can correct is a {@link StartupException}.
 */
final class DataDirectory implements AutoCloseable {

    // Closing any channel of a file releases all locks that this JVM holds on it (POSIX): never open a held one again.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path home;
    private final FileChannel lock;

    private DataDirectory(Path home, FileChannel lock) {
        this.home = home;
        this.lock = lock;
    }

    /** Takes the directory for this process; creates it, for this user alone, where it does not exist. */
    static DataDirectory claim(Path directory) {
        try {
            Files.createDirectories(directory.toAbsolutePath(), permissions("rwx------"));
            var home = directory.toRealPath();
            if (!HELD.add(home)) {
                throw inUse(home, ProcessHandle.current().pid());
            }
            try {
                return new DataDirectory(home, lock(home));
            } catch (IOException | RuntimeException e) {
                HELD.remove(home);
                throw e;
            }
        } catch (IOException e) {
            throw new StartupException(
                    String.format(
                            Locale.ROOT,
                            "the directory %s cannot be used (%s); set walcast.db.directory to another one",
                            directory.toAbsolutePath(),
                            e),
                    e);
        }
    }

    private static FileChannel lock(Path home) throws IOException {
        var channel = FileChannel.open(home.resolve("lock"), CREATE, READ, WRITE);
        try {
            var pid = ByteBuffer.allocate(Long.BYTES);
            // The locked byte is after the text: on Windows no other process could read a locked text.
            if (channel.tryLock(Long.MAX_VALUE - 1, 1, false) == null) {
                channel.read(pid, 0);
                throw inUse(home, pid.getLong(0));
            }
            channel.write(pid.putLong(0, ProcessHandle.current().pid()), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static StartupException inUse(Path home, long pid) {
        return new StartupException(String.format(
                Locale.ROOT,
                "another Walcast (process %d) runs on %s; stop that one, or give this one a directory of its own with walcast.db.directory",
                pid,
                home));
    }

    /** The data directory of PostgreSQL. */
    Path data() {
        return home.resolve("data");
    }

    /** The place where a data directory is created first, so that an incomplete one is never used. */
    Path unfinishedData() {
        return home.resolve("data.unfinished");
    }

    /** The directory of the unpacked server programs. */
    Path programs() {
        return home.resolve("programs");
    }

    /** The log of the server since its last start. */
    Path log() {
        return home.resolve("server.log");
    }

    /** The file with the password of all roles of this server, created at first use and readable only for its owner. */
    Path passwordFile() {
        var file = home.resolve("password");
        try {
            if (Files.notExists(file)) {
                var random = new byte[16];
                new SecureRandom().nextBytes(random);
                var unfinished = home.resolve("password.unfinished");
                Files.deleteIfExists(unfinished);
                Files.createFile(unfinished, permissions("rw-------"));
                Files.writeString(unfinished, HexFormat.of().formatHex(random), US_ASCII);
                Files.move(unfinished, file);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String password() {
        try {
            return Files.readString(passwordFile(), US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileAttribute<?>[] permissions(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            HELD.remove(home);
        }
    }
}
