package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.WalcastProcess;
import io.walcast.acceptance.benchmark.contender.Walcast;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The {@link Speed} of this jar beside that of other jars, in rounds: machines are not equally fast at all times, so each
 * round measures all jars one after the other, each round begins with another jar, and the medians of the rounds count.
 */
final class Comparison implements Section {

    private static final int ROUNDS = 3;

    @Override
    public void measure(Setting setting, Report report) {
        List<Path> jars = new ArrayList<>(setting.jars());
        jars.add(WalcastProcess.APP);
        if (jars.stream().map(Comparison::name).distinct().count() < jars.size()) {
            throw new IllegalArgumentException(
                    "Two jars have one name, and so would be one contender: rename one of them.");
        }
        for (int round = 1; round <= ROUNDS; round++) {
            Collections.rotate(jars, 1);
            for (Path jar : jars) {
                String name = name(jar);
                System.out.printf("%s, round %d of %d ...%n", name, round, ROUNDS);
                try (var walcast = Walcast.prepare(
                        "Walcast " + name,
                        setting.postgres(),
                        "walcast_comparison",
                        Map.of("walcast.relay.latency", "low"),
                        new Walcast.Command(Path.of(System.getProperty("java.home")), jar, setting.javaOptions()))) {
                    walcast.start();
                    Speed.run(walcast, setting, report);
                }
            }
        }
        report.addMedians();
    }

    private static String name(Path jar) {
        return jar.equals(WalcastProcess.APP)
                ? "this"
                : jar.getFileName().toString().replace(".jar", "");
    }
}
