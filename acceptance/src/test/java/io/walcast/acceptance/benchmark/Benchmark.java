package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Postgres;
import io.walcast.acceptance.benchmark.contender.Yardstick;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Measures the packaged product beside other relays, everything on this machine: {@code ./mvnw -Pbenchmark verify}.
 *
 * <p>Arguments, as {@code name=value} in {@code -Dbenchmark="..."}: {@code only}, sections separated by commas; {@code
 * yardsticks}, the directory of the Node relays, without which they are left out; {@code seconds}, how long each
 * figure is measured; {@code java}, options for Walcast's JVM separated by commas; {@code rows}, those of the section {@code
 * outbox}, which takes a quarter of an hour and is measured only if it is named; {@code messages}, those of the long
 * conversation of the section {@code log}; {@code transports}, those of the gateway
 * that fan-out and idle connections are measured with: {@code direct}, which is the default, {@code container}, or both
 * separated by a comma; {@code homes}, directories of the Javas that the section {@code cold} starts, separated by commas,
 * by default the one that runs this; {@code jars}, other builds of the packaged jar, which the section {@code comparison}
 * measures beside this one, also only if it is named. Prints tables, writes {@code target/benchmark.json}, and exits with
 * 1 if Walcast lost, repeated or reordered anything.
 */
public final class Benchmark {

    private static final Set<String> NOT_UNLESS_NAMED = Set.of("outbox", "comparison");
    private static final Map<String, Section> SECTIONS = sections();
    private static final List<String> TRANSPORTS = List.of("direct", "container");

    private Benchmark() {}

    private static Map<String, Section> sections() {
        var sections = new LinkedHashMap<String, Section>();
        sections.put("speed", new Speed());
        sections.put("hot", new HotRooms());
        sections.put("fanout", new FanOut());
        sections.put("backlog", new Backlog());
        sections.put("connections", new IdleConnections());
        sections.put("idle", new IdleCpu());
        sections.put("cold", new Cold());
        sections.put("log", new ConversationLog());
        sections.put("feed", new Followers());
        sections.put("outbox", new LargeOutbox());
        sections.put("comparison", new Comparison());
        return sections;
    }

    public static void main(String[] arguments) {
        var options = new HashMap<String, String>();
        for (var argument : arguments) {
            var pair = argument.split("=", 2);
            options.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        var only = options.containsKey("only")
                ? list(options.get("only"))
                : SECTIONS.keySet().stream()
                        .filter(name -> !NOT_UNLESS_NAMED.contains(name))
                        .toList();
        var transports = list(options.getOrDefault("transports", "direct"));
        if (!Set.of("only", "yardsticks", "seconds", "java", "rows", "messages", "transports", "homes", "jars")
                        .containsAll(options.keySet())
                || !SECTIONS.keySet().containsAll(only)
                || !TRANSPORTS.containsAll(transports)) {
            System.err.printf(
                    "Unknown argument in %s: see the Javadoc of %s%n",
                    Arrays.toString(arguments), Benchmark.class.getName());
            System.exit(2);
        }
        var report = new Report();
        try (var postgres = new Postgres()) {
            var setting = new Setting(
                    postgres,
                    Optional.ofNullable(options.get("yardsticks")).map(Path::of).map(Yardstick::install),
                    Duration.ofSeconds(Long.parseLong(options.getOrDefault("seconds", "30"))),
                    list(options.getOrDefault("java", "")),
                    Integer.parseInt(options.getOrDefault("rows", "10000000")),
                    Integer.parseInt(options.getOrDefault("messages", "1000000")),
                    transports,
                    paths(options.getOrDefault("homes", System.getProperty("java.home"))),
                    paths(options.getOrDefault("jars", "")));
            for (var section : only) {
                SECTIONS.get(section).measure(setting, report);
            }
        }
        report.write(Path.of("target", "benchmark.json"));
        if (!report.isClean()) {
            System.err.println("Walcast lost, repeated or reordered messages: this run has failed.");
            System.exit(1);
        }
        System.exit(0);
    }

    private static List<Path> paths(String commaSeparated) {
        return list(commaSeparated).stream()
                .map(path -> Path.of(path).toAbsolutePath())
                .toList();
    }

    private static List<String> list(String commaSeparated) {
        return commaSeparated.isEmpty() ? List.of() : List.of(commaSeparated.split(","));
    }
}
