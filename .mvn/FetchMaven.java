import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipInputStream;

/**
 * Fetches a Maven, checks it, and unpacks it: {@code java FetchMaven.java URL SHA-512 DIRECTORY}.
 *
 * <p>A Java program, because a JDK is all that a machine must have: no curl, tar or checksum tool, on no system.
 */
class FetchMaven {

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        var url = arguments[0];
        var directory = Path.of(arguments[2]);
        System.err.println("Fetching " + url + " (once) ...");
        byte[] zip;
        try (var content = URI.create(url).toURL().openStream()) {
            zip = content.readAllBytes();
        } catch (IOException e) {
            throw stop("cannot fetch " + url + " (" + e + "): install Maven 3.8 or later,"
                    + " or set MVNW_DISTRIBUTION_URL to a mirror of Apache's maven-3 directory");
        }
        var sha512 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(zip));
        if (!sha512.equals(arguments[1])) {
            throw stop("what " + url + " holds is not what was expected: its SHA-512 is " + sha512);
        }
        unpack(zip, directory);
    }

    /** Whole or not at all, also beside another one that does the same. */
    private static void unpack(byte[] zip, Path directory) throws IOException {
        var parent = Files.createDirectories(directory.toAbsolutePath().getParent());
        var unfinished = Files.createTempDirectory(parent, "unfinished");
        try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                var path = unfinished.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(entries, path);
                }
            }
        }
        var home = unfinished.resolve(directory.getFileName());
        home.resolve("bin/mvn").toFile().setExecutable(true);
        if (Files.notExists(directory)) {
            Files.move(home, directory);
        }
        Files.deleteIfExists(unfinished);
    }

    private static RuntimeException stop(String problem) {
        System.err.println("mvnw: " + problem);
        System.exit(1);
        return new IllegalStateException();
    }
}
