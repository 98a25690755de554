package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayFixture;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.json.JSONObject;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stock client for Java and Android. It knows no connection state recovery: it joins again where it was. */
class JavaClientIT {

    private static final long PATIENCE_SECONDS = 30;

    @RegisterExtension
    static final RelayFixture relay = RelayFixture.withDefaults();

    private final Outbox outbox = relay.outbox();
    private final UUID conversation = outbox.conversation();
    private final List<Integer> seqs = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling", "polling,websocket"})
    void connectsJoinsAndComesBackWithoutMissingAnything(String transports) throws Exception {
        try (var proxy = new CuttableProxy(relay.port())) {
            Socket socket = IO.socket(
                    URI.create("http://127.0.0.1:" + proxy.port()), options(transports, Map.of("userId", "grace")));
            try {
                socket.on("message.created", this::received);
                connected(socket, socket::connect);
                assertThat(join(socket, conversation).getBoolean("ok")).isTrue();
                assertThat(join(socket, UUID.randomUUID())
                                .getJSONObject("error")
                                .getString("code"))
                        .isEqualTo("not_found");
                assertThat(request(socket, "ping", new byte[] {1, 2, 3}).getBoolean("ok"))
                        .isTrue();
                outbox.post(conversation, 3);
                await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> seqs.size() == 3);

                CompletableFuture<Object> lost = event(socket, Socket.EVENT_DISCONNECT);
                proxy.cut();
                lost.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                outbox.post(conversation, 20);
                connected(socket, proxy::restore);
                assertThat(join(socket, conversation).getBoolean("ok")).isTrue();
                outbox.post(conversation, 2);

                await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> seqs.size() == 25);
                assertThat(seqs).isEqualTo(IntStream.rangeClosed(1, 25).boxed().toList());
            } finally {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling", "polling,websocket"})
    void isRefusedWithoutAnIdentity(String transports) throws Exception {
        Socket socket = IO.socket(URI.create("http://127.0.0.1:" + relay.port()), options(transports, Map.of()));
        try {
            CompletableFuture<Object> error = event(socket, Socket.EVENT_CONNECT_ERROR);
            socket.connect();
            assertThat(error.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(JSONObject.class, refusal -> {
                        assertThat(refusal.optString("message")).isEqualTo("unauthorized");
                        assertThat(refusal.optJSONObject("data").optInt("code")).isEqualTo(401);
                    });
        } finally {
            socket.close();
        }
    }

    private static IO.Options options(String transports, Map<String, String> auth) {
        return IO.Options.builder()
                .setForceNew(true)
                .setTransports(transports.split(","))
                .setAuth(auth)
                .setReconnectionDelay(50)
                .setReconnectionDelayMax(200)
                .build();
    }

    private void received(Object... arguments) {
        try {
            seqs.add(((JSONObject) arguments[0]).getJSONObject("message").getInt("seq"));
        } catch (org.json.JSONException e) {
            throw new IllegalStateException(Arrays.toString(arguments), e);
        }
    }

    private JSONObject join(Socket socket, UUID id) throws Exception {
        int last = seqs.isEmpty() ? 0 : new ArrayList<>(seqs).get(seqs.size() - 1);
        return request(
                socket,
                "join.conversation",
                new JSONObject().put("conversationId", id.toString()).put("after", last));
    }

    private static JSONObject request(Socket socket, String event, Object data) throws Exception {
        var answer = new CompletableFuture<JSONObject>();
        socket.emit(event, new Object[] {data}, (Ack) arguments -> answer.complete((JSONObject) arguments[0]));
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void connected(Socket socket, Runnable action) throws Exception {
        CompletableFuture<Object> connected = event(socket, Socket.EVENT_CONNECT);
        action.run();
        connected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Object> event(Socket socket, String name) {
        var future = new CompletableFuture<Object>();
        socket.once(name, arguments -> future.complete(arguments.length == 0 ? "" : arguments[0]));
        return future;
    }
}
