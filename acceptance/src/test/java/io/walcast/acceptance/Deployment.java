package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The processes of one topology on one database, each in a directory of its own below the given one.
 *
 * <p>Every process reaches PostgreSQL through a network that can fail for all of them, and each relay through one of its
 * own before that. Used by one thread, but for {@link #nextGateway()}.
 */
final class Deployment implements AutoCloseable {

    private static final Duration TAKE_OVER_LIMIT = Duration.ofSeconds(60);

    /** They live for seconds only: what the second compiler would win is less than what it costs. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private final Database database;
    private final boolean throughProxy;
    private final FaultyProxy databaseNetwork;
    private final WalcastProcess rest;
    private final List<WalcastProcess> relays = new ArrayList<>();
    private final Map<WalcastProcess, FaultyProxy> networks = new HashMap<>();
    private final AtomicInteger clients = new AtomicInteger();

    Deployment(Topology topology, Database database, boolean databaseThroughProxy, Path directory) {
        this.database = database;
        this.throughProxy = databaseThroughProxy;
        this.databaseNetwork = FaultyProxy.to(database.port());
        switch (topology) {
            case ALONE -> {
                rest = process(WalcastProcess.APP, directory, database.properties(way()));
                relays.add(rest);
                networks.put(rest, databaseNetwork);
            }
            case STANDBY -> {
                var properties = database.properties(way());
                properties.put("walcast.relay.enabled", "false");
                rest = process(WalcastProcess.APP, directory.resolve("app"), properties);
                relays.add(relay(directory.resolve("relay-1")));
                relays.add(relay(directory.resolve("relay-2")));
            }
            default -> throw new IllegalArgumentException(topology.name());
        }
    }

    /** Starts everything, one relay after the other, so that the first one owns the slot. */
    Deployment start() {
        if (!relays.contains(rest)) {
            rest.launch();
            rest.awaitReady();
        }
        relays.get(0).start();
        relays.stream().skip(1).forEach(standby -> {
            standby.launch();
            standby.awaitState("STANDBY");
        });
        return this;
    }

    /** Who takes posts. */
    WalcastProcess rest() {
        return rest;
    }

    List<WalcastProcess> relays() {
        return List.copyOf(relays);
    }

    /** The relay that reads the WAL; waits until there is one. */
    WalcastProcess owner() {
        return await("a relay reads the WAL")
                .atMost(TAKE_OVER_LIMIT)
                .until(
                        () -> relays.stream()
                                .filter(relay -> relay.isAlive() && relay.isUp())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** A relay other than that one, or the same if there is no other. */
    WalcastProcess otherThan(WalcastProcess relay) {
        return relays.stream().filter(other -> other != relay).findFirst().orElse(relay);
    }

    /** The port of whoever serves clients, another one each time: a client that is sent away tries the next. */
    int nextGateway() {
        return relays.get(Math.floorMod(clients.getAndIncrement(), relays.size()))
                .port();
    }

    /** Between all processes and PostgreSQL. */
    FaultyProxy databaseNetwork() {
        return databaseNetwork;
    }

    /** Between one relay and PostgreSQL. */
    FaultyProxy databaseNetworkOf(WalcastProcess relay) {
        return networks.get(relay);
    }

    @Override
    public void close() {
        relays.forEach(WalcastProcess::close);
        rest.close();
        networks.values().forEach(FaultyProxy::close);
        databaseNetwork.close();
    }

    private WalcastProcess relay(Path directory) {
        var network = FaultyProxy.to(way());
        var relay = process(
                WalcastProcess.RELAY, directory, database.relayProperties(throughProxy ? network.port() : way()));
        networks.put(relay, network);
        return relay;
    }

    private static WalcastProcess process(Path jar, Path directory, Map<String, String> properties) {
        return new WalcastProcess(jar, directory, properties, "-Xmx384m", QUICK_START);
    }

    private int way() {
        return throughProxy ? databaseNetwork.port() : database.port();
    }
}
