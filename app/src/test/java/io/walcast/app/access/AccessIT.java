package io.walcast.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.identity.ServerPaths;
import io.walcast.identity.TestTokens;
import io.walcast.relay.gateway.chat.ChatClient;
import io.walcast.relay.runtime.RelayDatabase;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every route and every event, asked by everyone: the expected answer, and nothing more in it. */
class AccessIT {

    /** Who asks. */
    enum Who {
        NOBODY,
        WRONG_SIGNATURE,
        UNSIGNED,
        EXPIRED,
        WRONG_AUDIENCE,
        STRANGER,
        REMOVED,
        MEMBER,
        OWNER,
        OPS;

        boolean isIdentified() {
            return ordinal() >= STRANGER.ordinal();
        }
    }

    /**
     * What is asked.
     *
     * @param path with {c} for the conversation, {m} for its message, and {d} for one that may be deleted
     * @param statuses of stranger, removed, member, owner, ops
     */
    record Row(String route, String path, @Nullable String body, List<Integer> statuses) {

        String method() {
            return route.substring(0, route.indexOf(' '));
        }

        int expected(Who who) {
            return who.isIdentified() ? statuses.get(who.ordinal() - Who.STRANGER.ordinal()) : 401;
        }

        boolean isPublic() {
            return statuses.isEmpty();
        }

        @Override
        public String toString() {
            return route;
        }
    }

    private static final String SECRET = "what only members may read";
    private static final Set<String> PROBLEM = Set.of("type", "title", "status", "detail", "code", "instance");

    private static final List<Row> TABLE = List.of(
            row("GET /conversations", "/conversations", null, 200, 200, 200, 200, 200),
            row("POST /conversations", "/conversations", "{\"members\":[]}", 201, 201, 201, 201, 201),
            row("GET /conversations/{conversationId}", "/conversations/{c}", null, 404, 404, 200, 200, 404),
            row(
                    "GET /conversations/{conversationId}/messages",
                    "/conversations/{c}/messages",
                    null,
                    404,
                    404,
                    200,
                    200,
                    404),
            row(
                    "PUT /conversations/{conversationId}/members/{userId}",
                    "/conversations/{c}/members/member",
                    null,
                    404,
                    404,
                    403,
                    204,
                    404),
            row(
                    "DELETE /conversations/{conversationId}/members/{userId}",
                    "/conversations/{c}/members/nobody",
                    null,
                    404,
                    404,
                    403,
                    204,
                    404),
            row(
                    "PUT /conversations/{conversationId}/owners/{userId}",
                    "/conversations/{c}/owners/owner",
                    null,
                    404,
                    404,
                    403,
                    204,
                    404),
            row(
                    "PATCH /conversations/{conversationId}",
                    "/conversations/{c}",
                    "{\"title\":\"" + SECRET + "\"}",
                    404,
                    404,
                    403,
                    200,
                    404),
            row(
                    "PUT /conversations/{conversationId}/read",
                    "/conversations/{c}/read",
                    "{\"seq\":1}",
                    404,
                    404,
                    204,
                    204,
                    404),
            row(
                    "GET /conversations/{conversationId}/events",
                    "/conversations/{c}/events",
                    null,
                    404,
                    404,
                    200,
                    200,
                    404),
            row("GET /messages/{messageId}", "/messages/{m}", null, 404, 404, 200, 200, 404),
            row("PATCH /messages/{messageId}", "/messages/{m}", "{\"content\":\"hi\"}", 404, 404, 403, 403, 404),
            row(
                    "PUT /messages/{messageId}/reactions/{emoji}",
                    "/messages/{m}/reactions/%F0%9F%91%8D",
                    null,
                    404,
                    404,
                    204,
                    204,
                    404),
            row(
                    "DELETE /messages/{messageId}/reactions/{emoji}",
                    "/messages/{m}/reactions/%F0%9F%91%8D",
                    null,
                    404,
                    404,
                    204,
                    204,
                    404),
            row("DELETE /messages/{messageId}", "/messages/{d}", null, 404, 404, 403, 204, 404),
            row(
                    "POST /messages",
                    "/messages",
                    "{\"conversationId\":\"{c}\",\"type\":\"TEXT\",\"content\":\"hi\"}",
                    404,
                    404,
                    201,
                    201,
                    404),
            row("GET /messages/{messageId}/delivery", "/messages/{m}/delivery", null, 404, 404, 200, 200, 404),
            open("GET /problems", "/problems"),
            open("GET /problems/{code}", "/problems/not_found"),
            open("GET /api", "/api"),
            open("GET /api/openapi", "/api/openapi"),
            open("GET /api/openapi.yaml", "/api/openapi.yaml"),
            open("GET /api/openapi/swagger-config", "/api/openapi/swagger-config"),
            open("GET /", "/"),
            open("GET /walcast.js", "/walcast.js"),
            open("GET /walcast.d.ts", "/walcast.d.ts"),
            row("GET /error", "/error", null, 404, 404, 404, 404, 404));

    private static final TestTokens ISSUER = new TestTokens();
    private static WholeWalcast walcast;
    private static String conversation;
    private static String message;
    private static String toDelete;

    @BeforeAll
    static void start() {
        walcast = new WholeWalcast(ISSUER.settings());
        conversation = json(as(
                        Who.OWNER,
                        "POST",
                        "/conversations",
                        "{\"title\":\"%s\",\"members\":[\"member\",\"removed\"]}".formatted(SECRET)))
                .path("id")
                .asString();
        message = postOfRemoved();
        toDelete = postOfRemoved();
        assertThat(as(Who.OWNER, "DELETE", "/conversations/" + conversation + "/members/removed", null)
                        .statusCode())
                .isEqualTo(204);
    }

    private static String postOfRemoved() {
        return json(as(
                        Who.REMOVED,
                        "POST",
                        "/messages",
                        "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"%s\"}"
                                .formatted(conversation, SECRET)))
                .path("id")
                .asString();
    }

    @AfterAll
    static void stop() {
        walcast.close();
        ISSUER.close();
    }

    @Test
    void namesEveryRouteThatThereIs() {
        assertThat(routes().filter(route -> !isOps(route)))
                .as("each route has a row in this table")
                .isSubsetOf(TABLE.stream().map(Row::route).toList());
        assertThat(walcast.context().getBeansOfType(WebSocketHandlerMapping.class).values().stream()
                        .flatMap(mapping -> mapping.getUrlMap().keySet().stream()))
                .as("each WebSocket of Spring's is tried below")
                .containsExactly("/ws");
    }

    /** What a server has otherwise makes pages slow, or shows the text of a message in an error. */
    @Test
    void theSessionsOfBothPoolsHaveSettingsOfTheirOwn() {
        var app = walcast.context().getBean(JdbcClient.class);
        var relay = walcast.context().getBean(RelayDatabase.class).jdbc();
        assertThat(Stream.of(app, relay)
                        .map(jdbc -> jdbc.sql("""
                        select concat_ws(' ', current_setting('jit'), current_setting('enable_nestloop'),
                                         current_setting('enable_indexscan'), current_setting('enable_sort'),
                                         current_setting('log_parameter_max_length_on_error'))
                        """).query(String.class).single()))
                .containsOnly("off on on on 0");
    }

    /** A controller below a path that {@link ServerPaths} does not list would have none of these. */
    @Test
    void treatsEveryRouteOfRestAsData() {
        String page = "http://localhost:5173";
        FilterRegistrationBean<?> deadline = walcast.context().getBean("answerDeadline", FilterRegistrationBean.class);
        var rest = routes().filter(route -> !isOps(route) && !route.contains(" " + ServerPaths.API))
                .filter(route -> !route.equals("GET /error"))
                .toList();
        assertThat(rest).contains("POST /messages", "GET /problems");
        for (Row row : TABLE) {
            if (!rest.contains(row.route())) {
                continue;
            }
            var preflight = walcast.send(
                    "OPTIONS",
                    filled(row.path()),
                    null,
                    request -> request.header("Origin", page).header("Access-Control-Request-Method", row.method()));
            assertThat(preflight.statusCode()).as(row.route()).isEqualTo(204);
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(row.route())
                    .hasValue(page);
            if (row.isPublic()) {
                continue; // the catalogue of problems: short, and the same for everyone
            }
            assertThat(deadline.getUrlPatterns())
                    .as(row.route())
                    .anyMatch(pattern -> row.path().startsWith(pattern.replace("/*", "")));
            if (row.method().equals("GET")) {
                var answer = as(Who.OWNER, "GET", filled(row.path()), null);
                assertThat(answer.headers().firstValue("Cache-Control"))
                        .as(row.route())
                        .hasValue("no-store");
                assertThat(answer.headers().firstValue("X-Content-Type-Options"))
                        .as(row.route())
                        .hasValue("nosniff");
            }
        }
    }

    @Test
    void describesOperationsAsAGroupOfTheirOwn() {
        var description = json(as(Who.NOBODY, "GET", "/api/openapi", null));
        var tags = new LinkedHashMap<String, Set<String>>();
        description
                .path("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry((method, operation) -> tags.computeIfAbsent(
                                path.startsWith("/ops") ? "ops" : "rest", group -> new TreeSet<>())
                        .addAll(operation
                                .path("tags")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList())));

        assertThat(tags.get("ops")).containsExactly("Operations");
        assertThat(tags.get("rest")).containsExactly("Conversations", "Messages", "Problems");
        assertThat(description
                        .path("tags")
                        .valueStream()
                        .map(tag -> tag.path("name").asString()))
                .endsWith("Operations");
    }

    static Stream<Row> table() {
        return TABLE.stream();
    }

    @ParameterizedTest
    @MethodSource("table")
    void answersEveryoneAsTheTableSays(Row row) {
        for (Who who : Who.values()) {
            var answer = as(who, row.method(), filled(row.path()), row.body() == null ? null : filled(row.body()));
            if (row.isPublic()) {
                boolean asked = who == Who.NOBODY || who.isIdentified();
                assertThat(answer.statusCode()).as("%s by %s", row, who).isIn(asked ? Set.of(200, 302) : Set.of(401));
            } else {
                assertThat(answer.statusCode()).as("%s by %s", row, who).isEqualTo(row.expected(who));
            }
            assertThatNothingIsGivenAway(answer, who);
        }
    }

    /** Whatever is below these paths, now or later, is for ops alone. */
    @Test
    void letsOnlyOpsOperate() {
        var ops = routes().filter(AccessIT::isOps).collect(Collectors.toCollection(TreeSet::new));
        assertThat(ops).contains("GET /actuator/health", "GET /ops/parked", "POST /ops/sweep");
        for (String route : ops) {
            String method = route.substring(0, route.indexOf(' '));
            String path = route.substring(route.indexOf(' ') + 1)
                    .replace("{messageId}", UUID.randomUUID().toString())
                    .replaceAll("/\\*\\*$", "/x")
                    .replaceAll("\\{[^}]*}", "0");
            if (path.equals("/ops")) {
                continue; // the page itself, which holds no data
            }
            for (Who who : Who.values()) {
                // Operations refuse the body after the access check: it is enough here that the request passed that.
                var answer = walcast.send(method, path, null, request -> {
                    authorization(who, request);
                    request.header("Content-Type", "text/plain");
                });
                int status = answer.statusCode();
                if (who == Who.OPS) {
                    assertThat(status).as("%s by %s", route, who).isNotIn(401, 403, 500);
                } else {
                    assertThat(status).as("%s by %s", route, who).isEqualTo(who.isIdentified() ? 403 : 401);
                    assertThatNothingIsGivenAway(answer, who);
                }
            }
        }
    }

    @Test
    void tellsLoadBalancersTheStatusAndNothingElse() {
        for (String probe :
                List.of("/actuator/health/liveness", "/actuator/health/readiness", "/actuator/health/rollout")) {
            assertThat(as(Who.NOBODY, "GET", probe, null).body()).isEqualTo("{\"status\":\"UP\"}");
        }
    }

    @Test
    void answersAStrangerAsIfThereWereNoSuchConversation() {
        String other = UUID.randomUUID().toString();
        for (Row row : TABLE) {
            if (row.isPublic()
                    || row.expected(Who.STRANGER) != 404
                    || row.route().equals("GET /error")) {
                continue;
            }
            var ofThis =
                    as(Who.STRANGER, row.method(), filled(row.path()), row.body() == null ? null : filled(row.body()));
            var ofNone = as(
                    Who.STRANGER,
                    row.method(),
                    filled(row.path())
                            .replace(conversation, other)
                            .replace(message, other)
                            .replace(toDelete, other),
                    row.body() == null ? null : filled(row.body()).replace(conversation, other));
            assertThat(ofThis.body()
                            .replace(conversation, other)
                            .replace(message, other)
                            .replace(toDelete, other))
                    .as(row.toString())
                    .isEqualTo(ofNone.body());
            assertThat(names(ofThis)).isEqualTo(names(ofNone));
        }
    }

    private static Set<String> names(HttpResponse<String> answer) {
        return new TreeSet<>(answer.headers().map().keySet());
    }

    @Test
    void neverTakesATokenOutOfAUrl() {
        String token = ISSUER.of("owner");
        for (String path : List.of("/conversations", "/ws", "/socket.io/?EIO=4&transport=polling", "/ops/parked")) {
            for (String name : List.of("token", "access_token")) {
                var answer = as(Who.NOBODY, "GET", path + (path.contains("?") ? "&" : "?") + name + "=" + token, null);
                assertThat(answer.statusCode()).as(path).isEqualTo(400);
                assertThat(json(answer).path("code").asString()).isEqualTo("token_in_url");
                assertThat(answer.body()).doesNotContain(token);
            }
        }
    }

    @Test
    void believesNoHeaderThatNamesAUser() {
        var answer = walcast.send("GET", "/conversations", null, request -> request.header("X-User-Id", "owner"));
        assertThat(answer.statusCode()).isEqualTo(401);
        try (var wire = Wire.json(walcast.port(), "X-User-Id", "owner")) {
            assertThat(code(wire.ask("ping", "{}"))).isEqualTo("unauthorized");
            assertThat(code(wire.ask("authenticate", "{\"userId\":\"owner\"}"))).isEqualTo("unauthorized");
        }
    }

    // ---- WebSocket

    /** Answers of stranger, removed, member, owner, ops: a code, or ok. */
    private static final Map<String, List<String>> EVENTS = new LinkedHashMap<>(Map.of(
            "join.conversation", List.of("not_found", "not_found", "ok", "ok", "not_found"),
            "typing", List.of("not_found", "not_found", "ok", "ok", "not_found"),
            "presence", List.of("not_found", "not_found", "ok", "ok", "not_found"),
            "leave.conversation", List.of("ok", "ok", "ok", "ok", "ok"),
            "feed.open", List.of("ok", "ok", "ok", "ok", "ok"),
            "auth.renew", List.of("ok", "ok", "ok", "ok", "ok"),
            "ping", List.of("ok", "ok", "ok", "ok", "ok")));

    private static final List<String> ORDER =
            List.of("join.conversation", "typing", "presence", "leave.conversation", "feed.open", "auth.renew", "ping");

    @Test
    void namesEveryEventThatThereIs() {
        assertThat(EVENTS.keySet()).isEqualTo(ChatClient.requests());
        assertThat(ORDER).containsExactlyInAnyOrderElementsOf(ChatClient.requests());
    }

    @ParameterizedTest
    @EnumSource
    void answersEveryEventAtWs(Who who) {
        try (var wire = Wire.json(walcast.port())) {
            if (who.isIdentified()) {
                assertThat(wire.ask("authenticate", auth(who)).path("ok").asBoolean())
                        .isTrue();
                assertEvents(who, wire::ask);
            } else {
                assertThat(code(wire.ask("authenticate", auth(who)))).isEqualTo(refusal(who));
                for (String event : ORDER) {
                    assertThat(code(wire.ask(event, data(who)))).as(event).isEqualTo("unauthorized");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void knowsWhoComesWithAHeaderAtWs(Who who) {
        if (who == Who.NOBODY) {
            return;
        }
        if (who.isIdentified()) {
            try (var wire = Wire.json(walcast.port(), "Authorization", "Bearer " + token(who))) {
                assertEvents(who, wire::ask);
            }
        } else {
            assertThatThrownBy(() -> Wire.json(walcast.port(), "Authorization", "Bearer " + token(who)))
                    .hasStackTraceContaining("401");
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersEveryEventOfSocketIo(Who who) {
        try (var wire = Wire.socketIo(walcast.port())) {
            wire.send("40" + auth(who));
            if (who.isIdentified()) {
                assertThat(wire.next()).startsWith("40{\"sid\":");
                assertEvents(who, wire::emit);
            } else {
                assertThat(wire.next())
                        .isEqualTo("44{\"message\":\"%s\",\"data\":{\"code\":401}}".formatted(refusal(who)));
            }
        }
    }

    @Test
    void refusesPagesOfOtherOrigins() {
        String evil = "https://evil.example";
        assertThatThrownBy(() -> Wire.json(walcast.port(), "Origin", evil)).hasStackTraceContaining("403");
        Set<String> bodies = new TreeSet<>();
        for (String path : List.of("/socket.io/?EIO=4&transport=polling", "/conversations", "/messages")) {
            var answer = walcast.send("GET", path, null, request -> {
                request.header("Origin", evil);
                authorization(Who.OWNER, request);
            });
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            bodies.add(answer.body());
        }
        assertThat(bodies).as("one answer, whatever the path").hasSize(1);
        assertThat(JsonMapper.shared()
                        .readTree(bodies.iterator().next())
                        .path("code")
                        .asString())
                .isEqualTo("origin_not_allowed");
        var acting = walcast.send("POST", "/ops/sweep", "{}", request -> {
            request.header("Origin", evil);
            authorization(Who.OPS, request);
        });
        assertThat(acting.statusCode()).isEqualTo(403);
    }

    @Test
    void letsPagesOfLocalhostCall() {
        String page = "http://localhost:5173";
        var preflight = walcast.send(
                "OPTIONS",
                "/messages",
                null,
                request -> request.header("Origin", page)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "authorization,content-type"));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue(page);
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElseThrow())
                .contains("Authorization", "Idempotency-Key", "If-Match", "X-User-Id")
                .contains("traceparent", "tracestate", "baggage", "sentry-trace");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
        var answer = walcast.send("GET", "/conversations", null, request -> {
            request.header("Origin", page);
            authorization(Who.MEMBER, request);
        });
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue(page);
    }

    /** Of an open connection whose user has joined: everything ends, and nothing more is heard. */
    @Test
    void removalTakesEffectOnOpenConnections() {
        as(Who.OWNER, "PUT", "/conversations/" + conversation + "/members/guest", null);
        String data = "{\"conversationId\":\"%s\",\"typing\":true}".formatted(conversation);
        try (var guest = Wire.json(walcast.port());
                var socketIo = Wire.socketIo(walcast.port());
                var member = Wire.json(walcast.port())) {
            String token = "{\"token\":\"%s\"}".formatted(ISSUER.of("guest"));
            guest.ask("authenticate", token);
            socketIo.send("40" + token).await("40{");
            member.ask("authenticate", auth(Who.MEMBER));
            assertThat(guest.ask("join.conversation", data).path("ok").asBoolean())
                    .isTrue();
            assertThat(socketIo.emit("join.conversation", data).path("ok").asBoolean())
                    .isTrue();
            assertThat(member.ask("join.conversation", data).path("ok").asBoolean())
                    .isTrue();
            assertThat(guest.ask("presence", data).path("ok").asBoolean()).isTrue();

            assertThat(as(Who.OWNER, "DELETE", "/conversations/" + conversation + "/members/guest", null)
                            .statusCode())
                    .isEqualTo(204);
            guest.await("conversation.left");
            socketIo.await("conversation.left");
            member.ask("typing", data);
            as(
                    Who.OWNER,
                    "POST",
                    "/messages",
                    "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"after you left\"}"
                            .formatted(conversation));
            member.await("after you left");

            for (String event : List.of("join.conversation", "typing", "presence")) {
                assertThat(code(guest.ask(event, data))).as(event).isEqualTo("not_found");
                assertThat(code(socketIo.emit(event, data))).as(event).isEqualTo("not_found");
            }
            assertThat(guest.heardOf("after you left")).isNull();
            assertThat(socketIo.heardOf("after you left")).isNull();
            assertThat(guest.heardOf("\"typing\"")).isNull();
        }
    }

    /** Recovery names rooms, and a client can name any: each is checked again. */
    @Test
    void recoveryDoesNotBringBackWhoWasRemoved() {
        as(Who.OWNER, "PUT", "/conversations/" + conversation + "/members/guest", null);
        String token = ISSUER.of("guest");
        String offset;
        String pid;
        try (var wire = Wire.socketIo(walcast.port())) {
            wire.send("40{\"token\":\"%s\"}".formatted(token));
            pid = JsonMapper.shared()
                    .readTree(wire.next().substring(2))
                    .path("pid")
                    .asString();
            wire.emit("join.conversation", "{\"conversationId\":\"%s\"}".formatted(conversation));
            as(
                    Who.OWNER,
                    "POST",
                    "/messages",
                    "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"seen\"}".formatted(conversation));
            String event = wire.await("seen");
            offset = JsonMapper.shared().readTree(event.substring(2)).path(2).asString();
        }
        as(Who.OWNER, "DELETE", "/conversations/" + conversation + "/members/guest", null);
        as(
                Who.OWNER,
                "POST",
                "/messages",
                "{\"conversationId\":\"%s\",\"type\":\"TEXT\",\"content\":\"unseen\"}".formatted(conversation));
        String again = "{\"token\":\"%s\",\"pid\":\"%s\",\"offset\":\"%s\"}";
        try (var wire = Wire.socketIo(walcast.port())) {
            wire.send("40" + again.formatted(token, pid, offset));
            wire.await("conversation.left");
            assertThat(wire.heardOf("unseen")).isNull();
        }
        try (var wire = Wire.socketIo(walcast.port())) {
            wire.send("40" + again.formatted(ISSUER.forged("guest"), pid, offset));
            assertThat(wire.next()).startsWith("44{\"message\":\"unauthorized\"");
        }
    }

    // ---- tokens that end

    @Test
    void asksForANewTokenAndClosesWhoHasNone() {
        try (var wire = Wire.json(walcast.port());
                var socketIo = Wire.socketIo(walcast.port())) {
            // Thirty seconds of skew on top: three seconds are left.
            String token =
                    "{\"token\":\"%s\"}".formatted(ISSUER.until(Instant.now().minusSeconds(27), "member"));
            wire.ask("authenticate", token);
            socketIo.send("40" + token).await("40{");
            assertThat(wire.await("auth.renew")).contains("expiresAt");
            assertThat(socketIo.await("auth.renew")).contains("expiresAt");

            assertThat(wire.await("\"error\"")).contains("token_expired");
            assertThat(wire.closed()).isEqualTo("1008 token_expired");
            assertThat(socketIo.await("\"error\"")).contains("token_expired");
            assertThat(socketIo.closed()).isEqualTo("1008 token_expired");
        }
    }

    @Test
    void goesOnWithANewTokenOfTheSameUser() {
        try (var wire = Wire.json(walcast.port());
                var socketIo = Wire.socketIo(walcast.port())) {
            String token =
                    "{\"token\":\"%s\"}".formatted(ISSUER.until(Instant.now().minusSeconds(27), "member"));
            Instant end = Instant.now().plusSeconds(4);
            wire.ask("authenticate", token);
            socketIo.send("40" + token).await("40{");
            wire.await("auth.renew");
            socketIo.await("auth.renew");

            assertThat(code(wire.ask("auth.renew", auth(Who.OWNER)))).isEqualTo("bad_request");
            assertThat(code(wire.ask("auth.renew", auth(Who.WRONG_SIGNATURE)))).isEqualTo("unauthorized");
            assertThat(code(wire.ask("auth.renew", auth(Who.EXPIRED)))).isEqualTo("token_expired");
            assertThat(wire.ask("auth.renew", auth(Who.MEMBER)).has("expiresAt"))
                    .isTrue();
            assertThat(socketIo.emit("auth.renew", auth(Who.MEMBER)).has("expiresAt"))
                    .isTrue();

            Awaitility.await().until(() -> Instant.now().isAfter(end));
            assertThat(wire.ask("ping", "{}").path("ok").asBoolean()).isTrue();
            assertThat(socketIo.emit("ping", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    private interface Question {
        JsonNode ask(String event, String data);
    }

    private static void assertEvents(Who who, Question question) {
        for (String event : ORDER) {
            var answer = question.ask(event, data(who));
            String expected = EVENTS.get(event).get(who.ordinal() - Who.STRANGER.ordinal());
            assertThat(answer.path("ok").asBoolean() ? "ok" : code(answer))
                    .as("%s by %s", event, who)
                    .isEqualTo(expected);
            if (!expected.equals("ok")) {
                assertThat(answer.propertyNames()).containsExactlyInAnyOrder("ok", "error");
                assertThat(answer.path("error").propertyNames()).containsExactlyInAnyOrder("code", "message");
                assertThat(answer.toString()).doesNotContain(SECRET);
            }
        }
    }

    private static String data(Who who) {
        return "{\"conversationId\":\"%s\",\"typing\":true,\"token\":\"%s\"}".formatted(conversation, token(who));
    }

    private static String auth(Who who) {
        return who == Who.NOBODY ? "{}" : "{\"token\":\"%s\"}".formatted(token(who));
    }

    private static String refusal(Who who) {
        return who == Who.EXPIRED ? "token_expired" : "unauthorized";
    }

    private static String code(JsonNode answer) {
        return answer.path("error").path("code").asString();
    }

    private static void assertThatNothingIsGivenAway(HttpResponse<String> answer, Who who) {
        if (answer.statusCode() < 400) {
            return;
        }
        var problem = json(answer);
        assertThat(PROBLEM).containsAll(problem.propertyNames());
        assertThat(answer.body()).doesNotContain(SECRET, "io.walcast", "Exception", "eyJ");
        if (answer.statusCode() == 401) {
            assertThat(problem.path("code").asString())
                    .isEqualTo(who == Who.EXPIRED ? "token_expired" : "unauthenticated");
            assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Bearer");
        }
    }

    private static Stream<String> routes() {
        return walcast.context().getBeansOfType(RequestMappingInfoHandlerMapping.class).values().stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .flatMap(info -> info.getPatternValues().stream().flatMap(path -> {
                    var methods = info.getMethodsCondition().getMethods();
                    return methods.isEmpty()
                            ? Stream.of("GET " + path)
                            : methods.stream().map(method -> method + " " + path);
                }));
    }

    private static boolean isOps(String route) {
        return route.contains(" /ops") || route.contains(" /actuator");
    }

    private static Row row(String route, String path, @Nullable String body, Integer... statuses) {
        return new Row(route, path, body, Arrays.asList(statuses));
    }

    private static Row open(String route, String path) {
        return new Row(route, path, null, List.of());
    }

    private static String filled(String text) {
        return text.replace("{c}", conversation).replace("{m}", message).replace("{d}", toDelete);
    }

    private static String token(Who who) {
        return switch (who) {
            case NOBODY -> "";
            case WRONG_SIGNATURE -> ISSUER.forged("owner");
            case UNSIGNED -> ISSUER.unsigned("owner");
            case EXPIRED -> ISSUER.until(Instant.now().minusSeconds(60), "owner");
            case WRONG_AUDIENCE -> ISSUER.with("owner", claims -> claims.audience("another"));
            case STRANGER -> ISSUER.of("stranger");
            case REMOVED -> ISSUER.of("removed");
            case MEMBER -> ISSUER.of("member");
            case OWNER -> ISSUER.of("owner");
            case OPS -> ISSUER.of("operator", "ops");
        };
    }

    private static void authorization(Who who, java.net.http.HttpRequest.Builder request) {
        if (who != Who.NOBODY) {
            request.header("Authorization", "Bearer " + token(who));
        }
    }

    private static HttpResponse<String> as(Who who, String method, String path, @Nullable String body) {
        return walcast.send(method, path, body, request -> authorization(who, request));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
