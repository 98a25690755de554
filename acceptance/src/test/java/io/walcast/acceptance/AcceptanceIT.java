package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a user who has nothing but the jar meets: it brings its own PostgreSQL, and keeps everything through any end. */
class AcceptanceIT {

    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(4);

    @TempDir
    Path directory;

    @Test
    void deliversAndKeepsEverythingThroughAnyEnd() throws IOException {
        try (var walcast = new WalcastProcess(directory, Map.of(), "-Xmx384m").start()) {
            var rest = new RestClient(walcast);
            var conversation = rest.createConversation();
            try (var listener = Listener.resuming(() -> walcast.uri("ws", "/ws"), conversation, PATIENCE)) {
                post(rest, conversation, 1);
                await().until(() -> listener.received() == 1);
                var postgres = postmaster().orElseThrow();
                var processes = Stream.concat(Stream.of(postgres), postgres.descendants())
                        .toList();

                assertThat(walcast.stop()).isLessThan(LONGEST_STOP);
                await("PostgreSQL ends with it").until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));

                walcast.start();
                post(rest, conversation, 2);
                await().until(() -> listener.received() == 2);

                var orphan = postmaster().orElseThrow();
                post(rest, conversation, 3);
                walcast.kill();
                assertThat(orphan.isAlive())
                        .as("PostgreSQL outlives a killed Walcast")
                        .isTrue();

                walcast.start();
                assertThat(orphan.isAlive()).as("the orphan is replaced").isFalse();
                post(rest, conversation, 4);
                await().until(() -> listener.received() == 4);
                assertThat(listener.receipts().outOfOrder()).isZero();
                assertThat(rest.get("/conversations/" + conversation + "/messages"))
                        .extracting(message -> message.path("content").stringValue())
                        .containsExactly("message 1", "message 2", "message 3", "message 4");
                awaitMarked(rest, conversation);
            }
        }
        assertThat(postmaster()).as("PostgreSQL ends with it").isEmpty();
    }

    @Test
    void deliversTwoHundredPostsASecondOnceAndInOrder() throws Exception {
        try (var trial = Trial.with().load(10, 200).start()) {
            trial.observe(Duration.ofSeconds(10)).assertFlawless().assertPushed();
        }
    }

    private static void post(RestClient rest, UUID conversation, long number) {
        assertThat(rest.post(conversation, "message " + number).path("seq").longValue())
                .isEqualTo(number);
    }

    private static void awaitMarked(RestClient rest, UUID conversation) {
        await("every message is marked").untilAsserted(() -> {
            for (JsonNode message : rest.get("/conversations/" + conversation + "/messages")) {
                var delivery = rest.get(
                        "/messages/%s/delivery".formatted(message.path("id").stringValue()));
                assertThat(delivery.path("publishedAt").isString()).isTrue();
                assertThat(delivery.path("attempts").intValue()).isEqualTo(1);
            }
        });
    }

    private Optional<ProcessHandle> postmaster() throws IOException {
        var pidFile = directory.resolve(".walcast/postgres/data/postmaster.pid");
        return Files.notExists(pidFile)
                ? Optional.empty()
                : ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(pidFile).get(0).strip()));
    }
}
