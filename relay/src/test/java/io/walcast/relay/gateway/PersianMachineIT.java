package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.WalcastRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A machine whose language has digits of its own: what machines read from it has those of everywhere. */
class PersianMachineIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    @Test
    void servesClientsAsAnyOther() throws Exception {
        int port = freePort();
        try (var database = TestDatabase.create()) {
            var process = start(database, port);
            try {
                await().atMost(LIMIT)
                        .failFast("it has ended, see " + log(), () -> !process.isAlive())
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .until(() -> get(port, "/actuator/health/readiness").statusCode() == 200);
                joinsAndHears(port, new Outbox(database));

                var refused = get(port, "/ops/api/overview", "X-Forwarded-For", "192.0.2.1");
                assertThat(JsonMapper.shared()
                                .readTree(refused.body())
                                .path("status")
                                .intValue())
                        .isEqualTo(refused.statusCode())
                        .isEqualTo(403);
                for (String path : List.of("/actuator/prometheus", "/ops/api/overview", "/actuator/health")) {
                    assertThat(get(port, path).body()).as(path).doesNotContainPattern("[\u0660-\u0669\u06F0-\u06F9]");
                }
            } finally {
                process.destroyForcibly().onExit().join();
            }
        }
    }

    private static void joinsAndHears(int port, Outbox outbox) throws Exception {
        UUID conversation = outbox.conversation();
        List<Integer> seqs = new CopyOnWriteArrayList<>();
        Socket socket = IO.socket(
                URI.create("http://127.0.0.1:" + port),
                IO.Options.builder()
                        .setForceNew(true)
                        .setAuth(Map.of("userId", "grace"))
                        .build());
        try {
            socket.on(
                    "message.created",
                    event -> seqs.add(
                            ((JSONObject) event[0]).optJSONObject("message").optInt("seq")));
            var connected = new CompletableFuture<Object>();
            socket.once(Socket.EVENT_CONNECT, none -> connected.complete(""));
            socket.connect();
            connected.get(30, TimeUnit.SECONDS);
            var joined = new CompletableFuture<JSONObject>();
            socket.emit(
                    "join.conversation",
                    new Object[] {new JSONObject().put("conversationId", conversation.toString())},
                    (Ack) answer -> joined.complete((JSONObject) answer[0]));
            assertThat(joined.get(30, TimeUnit.SECONDS).getBoolean("ok")).isTrue();
            outbox.post(conversation, 12);
            await().until(() -> seqs.size() == 12);
            await().until(() -> outbox.unpublished() == 0);
        } finally {
            socket.close();
        }
    }

    private Process start(TestDatabase database, int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.language=fa",
                        "-Duser.country=IR",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WalcastRelay.class.getName(),
                        "--server.port=" + port,
                        "--spring.datasource.url=" + database.url(),
                        "--spring.datasource.username=" + database.username(),
                        "--walcast.relay.slot=" + database.name())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return directory.resolve("walcast.log");
    }

    private static HttpResponse<String> get(int port, String path, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
