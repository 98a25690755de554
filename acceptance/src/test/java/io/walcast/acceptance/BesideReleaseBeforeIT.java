package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walcast.acceptance.log.LogClient;
import io.walcast.acceptance.log.LogClient.Way;
import io.walcast.acceptance.log.StoredState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rollout: processes of the release before and of this one on one schema, relays replaced first, the application last,
 * and back once. {@code -Dwalcast.release.before=DIRECTORY} names the directory with walcast.jar and walcast-relay.jar of
 * that release.
 */
class BesideReleaseBeforeIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration PHASE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final int CONVERSATIONS = 3;
    private static final int WRITES_PER_SECOND = 100;

    @TempDir
    Path directory;

    private final List<WalcastProcess> processes = new ArrayList<>();
    private final List<WalcastProcess> relays = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private Database database;

    @Test
    void losesNothing() throws Exception {
        var before = System.getProperty("walcast.release.before");
        assumeTrue(
                before != null,
                "Skipped: set -Dwalcast.release.before to the directory with the jars of the release before.");
        var oldApp = Path.of(before, "walcast.jar");
        var oldRelay = Path.of(before, "walcast-relay.jar");
        try (var server = Database.start(Map.of())) {
            database = server;
            var posting = ready(app(oldApp, "old-app"));
            var first = relay(oldRelay, "old-relay");
            first.start();
            var conversations = Stream.generate(new RestClient(posting)::createConversation)
                    .limit(CONVERSATIONS)
                    .toList();
            var listeners = conversations.stream()
                    .map(c -> Listener.resuming(() -> WalcastProcess.uri("ws", nextPort(), "/ws"), c, PATIENCE))
                    .toList();
            try (var load = Load.start(new RestClient(posting), conversations, WRITES_PER_SECOND, 20)) {
                hold();
                // Its start migrates the schema; it serves nobody until the relays are replaced.
                var app = ready(app(WalcastProcess.APP, "new-app"));
                hold();

                var second = relay(WalcastProcess.RELAY, "new-relay");
                second.launch();
                second.awaitState("STANDBY");
                first.kill();
                second.awaitUp();
                hold();

                first.launch();
                first.awaitState("STANDBY");
                second.stop();
                first.awaitUp();
                hold();

                second.launch();
                second.awaitState("STANDBY");
                first.stop();
                second.awaitUp();
                hold();
                load.stop();
                posting.stop();

                try (var newLoad = Load.start(new RestClient(app), conversations, WRITES_PER_SECOND, 20)) {
                    hold();
                    newLoad.stop();
                    assertThat(newLoad.oddAnswers()).isEmpty();
                }
            }
            try {
                assertAllArrived(listeners);
                assertReplays(conversations);
            } finally {
                listeners.forEach(Listener::close);
                processes.forEach(WalcastProcess::close);
            }
        }
    }

    private void assertAllArrived(List<Listener> listeners) {
        await("all rows are marked").atMost(LIMIT).until(() -> database.unmarked() == 0);
        assertThat(database.parked()).isZero();
        var stored = database.messages();
        System.out.printf("%d messages under two releases%n", stored.size());
        for (var listener : listeners) {
            await("a client has every message")
                    .atMost(LIMIT)
                    .until(() -> stored.stream()
                            .filter(message -> message.conversation().equals(listener.conversation()))
                            .allMatch(message -> listener.receipts().has(message.seq())));
            assertThat(listener.receipts().outOfOrder()).isZero();
            assertThat(listener.receipts().repeatsSeen()).isZero();
        }
    }

    /** Clients that begin now have what the tables say, whichever release wrote it. */
    private void assertReplays(List<UUID> conversations) {
        var stored = conversations.stream().collect(Collectors.toMap(c -> c, c -> StoredState.of(database.sql(), c)));
        for (var way : Way.values()) {
            try (var client = LogClient.connect(
                    way,
                    path -> WalcastProcess.uri("ws", nextPort(), path),
                    RestClient.LISTENER,
                    conversations,
                    PATIENCE)) {
                await(way + " has the state of the tables")
                        .atMost(LIMIT)
                        .untilAsserted(() -> assertThat(
                                        client.differences(stored, database.sql(), Set.of(RestClient.LISTENER)))
                                .isEmpty());
            }
        }
    }

    private WalcastProcess app(Path jar, String name) {
        var properties = database.properties(database.port());
        properties.put("walcast.relay.enabled", "false");
        properties.keySet().removeIf(key -> key.startsWith("walcast.relay.database."));
        return process(jar, name, properties);
    }

    private WalcastProcess relay(Path jar, String name) {
        var relay = process(jar, name, database.relayProperties(database.port()));
        relays.add(relay);
        return relay;
    }

    private WalcastProcess process(Path jar, String name, Map<String, String> properties) {
        var process = new WalcastProcess(
                jar.toAbsolutePath(), directory.resolve(name), properties, "-Xmx384m", "-XX:TieredStopAtLevel=1");
        processes.add(process);
        return process;
    }

    private static WalcastProcess ready(WalcastProcess process) {
        process.launch();
        process.awaitReady();
        return process;
    }

    private int nextPort() {
        return relays.get(Math.floorMod(next.getAndIncrement(), relays.size())).port();
    }

    private static void hold() {
        await().pollDelay(PHASE).timeout(LIMIT).until(() -> true);
    }
}
