package io.walcast.app.access;

import io.walcast.app.Walcast;
import io.walcast.db.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** REST, relay and gateway in one process, with the roles of production, on a database of its own. */
final class WholeWalcast implements AutoCloseable {

    private final TestDatabase database;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    WholeWalcast(Map<String, ?> settings) {
        this(settings, "");
    }

    /** @param query of the database's URL */
    WholeWalcast(Map<String, ?> settings, String query) {
        this(TestDatabase.create(), settings, query);
    }

    /** @param database is closed with it */
    WholeWalcast(TestDatabase database, Map<String, ?> settings) {
        this(database, settings, "");
    }

    private WholeWalcast(TestDatabase database, Map<String, ?> settings, String query) {
        this.database = database;
        Map<String, Object> all = new HashMap<>(Map.of(
                "server.port",
                0,
                "spring.datasource.url",
                database.url() + query,
                "spring.datasource.username",
                "walcast_app",
                "spring.flyway.enabled",
                false,
                "walcast.relay.database.username",
                "walcast_relay",
                "walcast.relay.slot",
                database.name(),
                "walcast.gateway.transport",
                System.getProperty("walcast.test.transport", "direct")));
        all.putAll(settings);
        context = SpringApplication.run(
                Walcast.class,
                Stream.concat(all.entrySet().stream(), Stream.of(Map.entry("logging.level.io.walcast", "warn")))
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> send("GET", "/actuator/health/readiness", null, request -> {})
                                .statusCode()
                        == 200);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /** @param body JSON, or null for none */
    HttpResponse<String> send(
            String method, String path, @Nullable String body, Consumer<HttpRequest.Builder> details) {
        return send(port(), method, path, body, details);
    }

    HttpResponse<String> send(
            int port, String method, String path, @Nullable String body, Consumer<HttpRequest.Builder> details) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        details.accept(request);
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        database.close();
    }
}
