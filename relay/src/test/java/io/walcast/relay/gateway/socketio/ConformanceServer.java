package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.EngineEcho;
import io.walcast.relay.gateway.engineio.EngineServer;
import io.walcast.relay.gateway.websocket.EmbeddedServer;
import io.walcast.relay.gateway.websocket.TestTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The server that the protocols' public test suites expect: an echo of every Engine.IO message at {@code /engine.io/},
 * and at {@code /socket.io/} the namespaces {@code /} and {@code /custom}, with short timings. To point a suite at it:
 *
 * <pre>
 * ./mvnw -q -pl relay -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp relay/target/test-classes:relay/target/classes:$(cat relay/target/classpath) \
 *     io.walcast.relay.gateway.socketio.ConformanceServer 3000
 * </pre>
 */
final class ConformanceServer implements AutoCloseable {

    private static final SocketIoSettings SETTINGS = new SocketIoSettings(
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            DataSize.ofBytes(1_000_000),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            10,
            DataSize.ofKilobytes(256),
            20_000,
            false);

    private static final Executor APART = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final TestTransport transport = TestTransport.withDefaults("*");
    private final EngineServer engine = EngineEcho.server(transport.upgrade());
    private final SocketIoServer socketIo = new SocketIoServer(SETTINGS, new Application(), transport.upgrade());
    private final EmbeddedServer server;

    ConformanceServer(int port) {
        server = EmbeddedServer.start(port, Map.of("/engine.io/", engine, "/socket.io/", socketIo));
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (var server = new ConformanceServer(Integer.parseInt(arguments[0]))) {
            System.out.println("Listening on port " + server.server().port());
            Thread.currentThread().join();
        }
    }

    EmbeddedServer server() {
        return server;
    }

    @Override
    public void close() {
        socketIo.close();
        engine.close();
        server.close();
        transport.close();
    }

    private static final class Application implements SocketIoApplication {

        @Override
        public Set<String> namespaces() {
            return Set.of("/", "/custom");
        }

        @Override
        public SocketListener connect(Socket socket, @Nullable JsonNode auth) {
            return new Listener(socket, auth == null ? JsonNodeFactory.instance.objectNode() : auth);
        }
    }

    private record Listener(Socket socket, JsonNode auth) implements SocketListener {

        /**
         * Behind the answer to the CONNECT by a moment: the public suite begins to listen for this event when it has
         * seen that answer, and misses what its WebSocket library reads from the network together with it.
         */
        @Override
        public void connected() {
            APART.execute(() -> socket.emit(EventFrame.of("auth", List.of(auth))));
        }

        @Override
        public void event(String name, List<JsonNode> arguments, @Nullable Ack ack) {
            if (name.equals("message")) {
                socket.emit(EventFrame.of("message-back", arguments));
            } else if (name.equals("message-with-ack") && ack != null) {
                ack.send(arguments);
            }
        }

        @Override
        public void disconnected(String reason) {}
    }
}
