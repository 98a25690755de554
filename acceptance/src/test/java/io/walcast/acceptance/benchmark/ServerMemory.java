package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Walcast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the server's process holds, in bytes. */
final class ServerMemory {

    private ServerMemory() {}

    /** Bytes of live objects, after a full collection. */
    static long liveHeap(Walcast walcast) {
        jcmd(walcast, "GC.run");
        return jcmd(walcast, "GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
                .findFirst()
                .orElseThrow();
    }

    /** Reads Linux's {@code /proc}. */
    static long resident(Walcast walcast) {
        try (var lines =
                Files.lines(Path.of("/proc", Long.toString(walcast.process().pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(Walcast walcast, String command) {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            var process = new ProcessBuilder(
                            jcmd, Long.toString(walcast.process().pid()), command)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
