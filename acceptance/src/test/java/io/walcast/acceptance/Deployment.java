package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import io.walcast.relay.kafka.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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
    private final List<WalcastProcess> gateways = new ArrayList<>();
    private final @Nullable TestBroker broker;
    private final Map<WalcastProcess, FaultyProxy> networks = new HashMap<>();
    private final AtomicInteger clients = new AtomicInteger();

    Deployment(Topology topology, Database database, boolean databaseThroughProxy, Path directory) {
        this.database = database;
        this.throughProxy = databaseThroughProxy;
        this.databaseNetwork = FaultyProxy.to(database.port());
        this.broker = topology == Topology.KAFKA ? TestBroker.create() : null;
        switch (topology) {
            case ALONE -> {
                rest = process(WalcastProcess.APP, directory, database.properties(way()));
                relays.add(rest);
                networks.put(rest, databaseNetwork);
                gateways.addAll(relays);
            }
            case STANDBY -> {
                rest = restAlone(directory);
                relays.add(relay(directory.resolve("relay-1"), Map.of()));
                relays.add(relay(directory.resolve("relay-2"), Map.of()));
                gateways.addAll(relays);
            }
            case KAFKA -> {
                rest = restAlone(directory);
                var publishes = kafka("walcast.relay.sink");
                relays.add(relay(directory.resolve("relay-1"), publishes));
                relays.add(relay(directory.resolve("relay-2"), publishes));
                var reads = kafka("walcast.gateway.source");
                gateways.add(relay(directory.resolve("gateway-1"), reads));
                gateways.add(relay(directory.resolve("gateway-2"), reads));
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
        gateways.stream().filter(gateway -> !relays.contains(gateway)).forEach(gateway -> {
            gateway.launch();
            gateway.awaitReady();
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

    /** The port of a process that serves clients, another one each time: a client that is sent away tries the next. */
    int nextGateway() {
        return gateways.get(Math.floorMod(clients.getAndIncrement(), gateways.size()))
                .port();
    }

    /** The port of one that has clients and messages for them; waits until there is one. */
    int liveGateway() {
        return relays.containsAll(gateways) ? owner().port() : nextGateway();
    }

    List<WalcastProcess> gateways() {
        return List.copyOf(gateways);
    }

    /** The Kafka between relays and gateways. */
    TestBroker broker() {
        if (broker == null) {
            throw new IllegalStateException("this topology has no Kafka");
        }
        return broker;
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
        gateways.forEach(WalcastProcess::close);
        relays.forEach(WalcastProcess::close);
        rest.close();
        networks.values().forEach(FaultyProxy::close);
        databaseNetwork.close();
        if (broker != null) {
            broker.close();
        }
    }

    private WalcastProcess restAlone(Path directory) {
        var properties = database.properties(way());
        properties.put("walcast.relay.enabled", "false");
        // It has no relay, and so no login for one.
        properties.keySet().removeIf(name -> name.startsWith("walcast.relay.database."));
        return process(WalcastProcess.APP, directory.resolve("app"), properties);
    }

    private Map<String, String> kafka(String end) {
        return Map.of(
                end,
                "kafka",
                "walcast.kafka.partitions",
                "4",
                "walcast.kafka.timeout",
                "4s",
                "spring.kafka.bootstrap-servers",
                broker().address());
    }

    private WalcastProcess relay(Path directory, Map<String, String> more) {
        var network = FaultyProxy.to(way());
        var properties = database.relayProperties(throughProxy ? network.port() : way());
        properties.putAll(more);
        var relay = process(WalcastProcess.RELAY, directory, properties);
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
