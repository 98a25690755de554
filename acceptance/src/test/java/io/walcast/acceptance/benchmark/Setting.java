package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Postgres;
import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.contender.Yardstick;
import io.walcast.acceptance.benchmark.contender.Yardstick.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What all sections have in common.
 *
 * @param yardsticks where the Node relays are installed, if they take part
 * @param duration how long each figure is measured
 * @param javaOptions for Walcast's JVM
 * @param rows of an outbox that is large
 * @param messages of a conversation that is long
 * @param transports of Walcast's gateway, for the sections that are about it
 * @param javaHomes directories of the Javas that starts are measured with
 * @param jars other builds of Walcast, to be measured beside this one
 */
record Setting(
        Postgres postgres,
        Optional<Path> yardsticks,
        Duration duration,
        List<String> javaOptions,
        int rows,
        int messages,
        List<String> transports,
        List<Path> javaHomes,
        List<Path> jars) {

    /** Starts Walcast with a latency profile, has it measured, and removes it. */
    void withWalcast(String profile, Consumer<Walcast> measure) {
        withWalcast(profile, Map.of("walcast.relay.latency", profile), measure);
    }

    void withWalcast(String name, Map<String, String> properties, Consumer<Walcast> measure) {
        System.out.println("Walcast " + name + " ...");
        try (var walcast = Walcast.start("Walcast " + name, postgres, "walcast_" + name, properties, javaOptions)) {
            measure.accept(walcast);
        }
    }

    /** Starts Walcast once with each transport. */
    void withEachTransport(String name, Consumer<Walcast> measure) {
        for (String transport : transports) {
            withWalcast(name + "_" + transport, Map.of("walcast.gateway.transport", transport), measure);
        }
    }

    /** The same for a yardstick, if yardsticks take part. */
    void withYardstick(Kind kind, Consumer<Contender> measure) {
        yardsticks.ifPresent(directory -> {
            try (var yardstick =
                    Yardstick.start(kind, directory, postgres, kind.name().toLowerCase(Locale.ROOT))) {
                System.out.println(yardstick.name() + " ...");
                measure.accept(yardstick);
            }
        });
    }
}
