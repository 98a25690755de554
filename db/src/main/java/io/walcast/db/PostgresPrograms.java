package io.walcast.db;

import io.walcast.startup.StartupException;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks the PostgreSQL programs for this machine from the class path, and runs them.
 *
 * <p>Concurrency: immutable; only one process at a time may unpack into a directory.
 */
final class PostgresPrograms {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresPrograms.class);
    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    private static final boolean WINDOWS = OS.startsWith("windows");

    private final Path bin;

    private PostgresPrograms(Path bin) {
        this.bin = bin;
    }

    /** Unpacks the programs into the directory, unless it holds them already. */
    static PostgresPrograms in(Path directory) {
        try {
            var archive = archive();
            var home = directory.resolve(digest(archive));
            if (Files.notExists(home)) {
                LOG.info("Unpacking PostgreSQL (once) ...");
                FileSystemUtils.deleteRecursively(directory); // other versions, and incomplete ones
                var unfinished = directory.resolve("unfinished");
                unpack(archive, unfinished);
                Files.move(unfinished, home);
            }
            return new PostgresPrograms(home.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be unpacked into " + directory, e);
        }
    }

    private static byte[] archive() throws IOException {
        var system = WINDOWS ? "Windows" : OS.startsWith("mac") ? "Darwin" : "Linux";
        var architecture = System.getProperty("os.arch");
        try (var archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, architecture)) {
            return archive.readAllBytes();
        } catch (IllegalStateException e) {
            throw new StartupException(
                    String.format(
                            Locale.ROOT,
                            "this build contains no PostgreSQL for %s on %s; build it on such a machine, or set spring.datasource.url to a server of your own",
                            system,
                            architecture),
                    e);
        }
    }

    private static String digest(byte[] archive) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, target.resolve(entry.getName()));
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        var parent = Objects.requireNonNull(path.getParent());
        Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, path);
            if (parent.endsWith("bin") && !path.toFile().setExecutable(true)) {
                throw new IOException("not executable: " + path);
            }
        }
    }

    /** Runs one of the programs to its end, with its output added to the log. Returns its exit code. */
    int run(Path log, String program, List<String> arguments) {
        var command = new ArrayList<String>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root. In a user namespace it runs as the user nobody, with the same files.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(bin.resolve(WINDOWS ? program + ".exe" : program).toString());
        command.addAll(arguments);
        try {
            return start(command, log).waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + program + " ran", e);
        }
    }

    private static Process start(List<String> command, Path log) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Variables of the user's shell are meant for another PostgreSQL.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().putAll(Map.of("LC_ALL", "C"));
        return builder.start();
    }

    private static boolean isRoot() {
        if (WINDOWS || !"root".equals(System.getProperty("user.name"))) {
            return false;
        }
        if (!LinuxUtils.isUnshareAvailable()) {
            throw new StartupException(
                    "PostgreSQL refuses to run as root, and this machine forbids user namespaces; start Walcast as another user, or set spring.datasource.url to a server of your own");
        }
        return true;
    }
}
