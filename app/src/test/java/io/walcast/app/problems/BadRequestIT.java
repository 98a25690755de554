package io.walcast.app.problems;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.Answer;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RestTest
class BadRequestIT {

    private static final String ID = "018f0000-0000-7000-8000-000000000000";

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    private long rowsBefore;

    @BeforeEach
    void countRows() {
        rowsBefore = rows();
    }

    @AfterEach
    void nothingWasWritten() {
        assertThat(rows()).isEqualTo(rowsBefore);
    }

    private long rows() {
        return JdbcClient.create(database.dataSource())
                .sql("select (select count(*) from conversations) + (select count(*) from outbox)")
                .query(Long.class)
                .single();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                       | conversationId, type",
                "{'type':'TEXT'}                                          | content, conversationId",
                "{'conversationId':null,'type':null}                      | conversationId, type",
                "{'conversationId':'x','type':'TEXT','content':'x'}       | conversationId",
                "{'conversationId':7,'type':'TEXT','content':'x'}         | conversationId",
                "{'conversationId':{},'type':'TEXT','content':'x'}        | conversationId",
                "{'conversationId':'ID','type':'SYSTEM','content':'x'}    | type",
                "{'conversationId':'ID','type':'VIDEO','content':'x'}     | type",
                "{'conversationId':'ID','type':'text','content':'x'}      | type",
                "{'conversationId':'ID','type':'','content':'x'}          | type",
                "{'conversationId':'ID','type':0,'content':'x'}           | type",
                "{'conversationId':'ID','type':'TEXT'}                    | content",
                "{'conversationId':'ID','type':'TEXT','content':null}     | content",
                "{'conversationId':'ID','type':'TEXT','content':''}       | content",
                "{'conversationId':'ID','type':'TEXT','content':5}        | content",
                "{'conversationId':'ID','type':'TEXT','content':1.5}      | content",
                "{'conversationId':'ID','type':'TEXT','content':true}     | content",
                "{'conversationId':'ID','type':'TEXT','content':['x']}    | content",
                "{'conversationId':'ID','type':'TEXT','content':{}}       | content",
                "{'conversationId':'ID','type':'TEXT','content':'\\u0000'}| content",
                "{'conversationId':'ID','type':'FILE','content':'\\ud800'}| content",
                "{'conversationId':'ID','type':'TEXT','content':'\\udc00x'}| content",
                "{'conversationId':'ID','type':'TEXT','content':'x','parentId':'y'} | parentId",
            })
    void namesEveryFieldOfAMessageThatIsWrong(String body, String fields) {
        assertInvalid(rest.post("/messages", "u1", body.replace('\'', '"').replace("ID", ID)), fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TEXT", "IMAGE", "FILE"})
    void limitsContentByItsBytes(String type) {
        var body = RestClient.text(ID, "é".repeat(32 * 1024) + "x").replace("TEXT", type);

        assertInvalid(rest.post("/messages", "u1", body), "content");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                       | members",
                "{'members':null}                         | members",
                "{'members':'u2'}                         | members",
                "{'members':{}}                           | members",
                "{'members':[null]}                       | members[0]",
                "{'members':['u2',7]}                     | members[1]",
                "{'members':['u2','']}                    | members[1]",
                "{'members':['a b','u2','ü']}             | members[0], members[2]",
                "{'members':['\\u0000']}                  | members[0]",
                "{'members':['\\ud800']}                  | members[0]",
                "{'members':['a/b']}                      | members[0]",
                "{'members':[],'title':''}                | title",
                "{'members':[],'title':7}                 | title",
                "{'members':[],'title':'a\\u0000'}        | title",
                "{'members':[],'title':'\\udfff'}         | title",
                "{'title':'\\udfff'}                      | members, title",
            })
    void namesEveryFieldOfAConversationThatIsWrong(String body, String fields) {
        assertInvalid(rest.post("/conversations", "u1", body.replace('\'', '"')), fields);
    }

    @Test
    void limitsTitleAndMembers() {
        var title = "{\"members\":[],\"title\":\"" + "x".repeat(201) + "\"}";
        var members = "{\"members\":[" + "\"u2\",".repeat(1000) + "\"u2\"]}";

        assertInvalid(rest.post("/conversations", "u1", title), "title");
        assertInvalid(rest.post("/conversations", "u1", members), "members");
    }

    @ParameterizedTest
    @CsvSource({
        "/conversations?limit=0, limit",
        "/conversations?limit=501, limit",
        "/conversations?limit=x, limit",
        "/conversations?limit=99999999999, limit",
        "/conversations?before=x, before",
        "/conversations?before=2026-01-01T00:00:00Z, before",
        "/conversations/7, conversationId",
        "/conversations/ID/messages?after=-1, after",
        "/conversations/ID/messages?after=x, after",
        "/conversations/ID/messages?after=9223372036854775808, after",
        "/conversations/ID/messages?before=x, before",
        "/conversations/ID/messages?around=-1, around",
        "/conversations/ID/messages?before=1&around=1, after",
        "/conversations/ID/events?pos=-1, pos",
        "/conversations/ID/events?pos=x, pos",
        "/conversations/ID/events?limit=1001, limit",
        "/messages/x, messageId",
        "/conversations/ID/messages?limit=0, limit",
        "/conversations/ID/messages?limit=1001, limit",
        "/conversations/x/messages, conversationId",
        "/messages/x/delivery, messageId",
    })
    void namesTheParameterThatIsWrong(String path, String field) {
        assertInvalid(rest.get(path.replace("ID", ID), "u1"), field);
    }

    @Test
    void namesAllParametersThatAreWrong() {
        assertInvalid(rest.get("/conversations/" + ID + "/messages?after=-1&limit=0", "u1"), "after, limit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "%F0%9F%91%8Dx",
                "%20",
                "%C2%A0",
                "%E2%80%A8",
                ":a%20b:",
                ":aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:",
                // a base with a mark that NFC composes
                "%E2%8A%82%CC%B8",
                // nine times four bytes
                "%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D%F0%9F%91%8D",
            })
    void namesAReactionThatCannotBe(String emoji) {
        var path = "/messages/" + ID + "/reactions/" + emoji;

        assertInvalid(rest.put(path, "u1"), "emoji");
        assertInvalid(rest.delete(path, "u1"), "emoji");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/messages/ID          | {}                       | content",
                "/messages/ID          | {'content':null}         | content",
                "/messages/ID          | {'content':7}            | content",
                "/messages/ID          | {'content':'\\u0000'}  | content",
                "/conversations/ID     | {}                       | title",
                "/conversations/ID     | {'title':''}             | title",
                "/conversations/ID     | {'title':'\\ud800'}    | title",
            })
    void namesEveryFieldOfAChangeThatIsWrong(String path, String body, String fields) {
        assertInvalid(rest.patch(path.replace("ID", ID), "u1", body.replace('\'', '"')), fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"x\"", "W/\"7\"", "\"7\", \"8\"", "\"-1\""})
    void needsAVersionInIfMatch(String ifMatch) {
        assertInvalid(rest.patch("/messages/" + ID, "u1", "{\"content\":\"x\"}", "If-Match", ifMatch), "If-Match");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{'seq':null}", "{'seq':-1}", "{'seq':'x'}", "{'seq':'1'}", "{'seq':1.5}", "{'seq':[]}"})
    void needsASeqInAReadMarker(String body) {
        assertInvalid(rest.put("/conversations/" + ID + "/read", "u1", body.replace('\'', '"')), "seq");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "%C3%BC"})
    void namesAMemberThatCannotBe(String userId) {
        var path = "/conversations/" + ID + "/members/" + userId;

        assertInvalid(rest.put(path, "u1"), "userId");
        assertInvalid(rest.delete(path, "u1"), "userId");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b"})
    void limitsTheIdempotencyKey(String key) {
        assertInvalid(
                rest.post("/messages", "u1", RestClient.text(ID, "x"), "Idempotency-Key", key), "Idempotency-Key");
    }

    @Test
    void limitsTheLengthOfTheIdempotencyKey() {
        var key = "k".repeat(201);

        assertInvalid(
                rest.post("/messages", "u1", RestClient.text(ID, "x"), "Idempotency-Key", key), "Idempotency-Key");
        assertInvalid(
                rest.post("/messages", "u1", "{}", "Idempotency-Key", key), "Idempotency-Key, conversationId, type");
    }

    @Test
    void needsACaller() {
        var answer = rest.send("/conversations", request -> {});

        assertProblem(answer, 401, "unauthenticated");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("X-User-Id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b"})
    void needsACallerWithAUserId(String user) {
        assertInvalid(rest.get("/conversations", user), "X-User-Id");
    }

    @Test
    void believesNoneOfTwoCallers() {
        assertInvalid(
                rest.send("/conversations", request -> request.headers("X-User-Id", "u1", "X-User-Id", "u2")),
                "X-User-Id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "\"x\"",
                "{",
                "{]",
                "{\"type\":}",
                "{}{}",
                "{} x",
                "{'type':'TEXT'}",
                "\uFEFF",
                "<a/>"
            })
    void needsAJsonObject(String body) {
        assertProblem(rest.post("/messages", "u1", body), 400, "malformed_json");
        assertProblem(rest.post("/conversations", "u1", body), 400, "malformed_json");
    }

    @Test
    void refusesJsonThatIsNotUtf8() {
        var latin1 = RestClient.text(ID, "ü").getBytes(StandardCharsets.ISO_8859_1);

        var answer = rest.send("/messages", json(request -> request.POST(BodyPublishers.ofByteArray(latin1))));

        assertProblem(answer, 400, "malformed_json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void refusesJsonThatIsNestedTooDeep(String level) {
        var body = "{\"ignored\":" + level.repeat(20_000);

        assertProblem(rest.post("/messages", "u1", body), 400, "malformed_json");
    }

    @Test
    void limitsTheBodyWithAndWithoutAContentLength() {
        var body = " ".repeat(256 * 1024) + "{}";

        assertProblem(rest.post("/messages", "u1", body), 413, "body_too_large");
        assertProblem(rest.send("/messages", json(request -> request.POST(chunked(body)))), 413, "body_too_large");
    }

    @Test
    void readsABodyOfExactlyTheLimit() {
        var body = " ".repeat(256 * 1024 - 2) + "{}";

        assertInvalid(rest.post("/messages", "u1", body), "conversationId, type");
        assertInvalid(rest.send("/messages", json(request -> request.POST(chunked(body)))), "conversationId, type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"})
    void needsJsonByItsName(String mediaType) {
        var answer = rest.send(
                "/messages",
                request -> request.header("X-User-Id", "u1")
                        .header("Content-Type", mediaType)
                        .POST(BodyPublishers.ofString(RestClient.text(ID, "x"))));

        assertProblem(answer, 415, "unsupported_media_type");
    }

    @Test
    void needsTheNameOfTheMediaType() {
        var answer = rest.send(
                "/messages",
                request -> request.header("X-User-Id", "u1").POST(BodyPublishers.ofString(RestClient.text(ID, "x"))));

        assertProblem(answer, 415, "unsupported_media_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "nonsense"})
    void answersJsonOnly(String accept) {
        var answer = rest.send(
                "/conversations", request -> request.header("X-User-Id", "u1").header("Accept", accept));

        assertProblem(answer, 406, "not_acceptable");
    }

    @Test
    void knowsItsMethods() {
        var answer = rest.delete("/conversations/" + ID, "u1");

        assertProblem(answer, 405, "method_not_allowed");
        assertThat(answer.header("Allow").split(", *")).containsExactlyInAnyOrder("GET", "PATCH");
        assertProblem(rest.get("/messages", "u1"), 405, "method_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nowhere", "/conversations/", "/messages/" + ID + "/nothing", "/error", "/%22%3E%3Cscript%3E"})
    void knowsItsRoutes(String path) {
        assertProblem(rest.get(path, "u1"), 404, "unknown_route");
        assertProblem(rest.send(path, request -> request.header("Accept", "text/html")), 404, "unknown_route");
    }

    @Test
    void knowsNoOtherRouteForPosts() {
        assertProblem(rest.post("/nowhere", "u1", "{}"), 404, "unknown_route");
    }

    @Test
    void explainsEveryProblem() {
        for (var type : ProblemType.values()) {
            var explanation = rest.get(type.uri().toString(), "u1");

            assertThat(explanation.status()).isEqualTo(200);
            assertThat(explanation.text("code")).isEqualTo(type.code());
            assertThat(explanation.text("advice")).isNotEmpty();
        }
        assertThat(rest.get("/problems", "u1").json()).hasSize(ProblemType.values().length);
        assertProblem(rest.get("/problems/unheard_of", "u1"), 404, "not_found");
    }

    /** What the container itself refuses, before any of our code sees it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /conversations/%zz HTTP/1.1",
                "GET /conversations/%00 HTTP/1.1",
                "PUT /conversations/ID/members/a%2Fb HTTP/1.1",
                "GET /conversations/<script> HTTP/1.1",
                "GET /conversations/%5C HTTP/1.1",
                "GET /conversations HTTP/1.1\r\nX-User-Id: a\u0000b",
                "GET /conversations HTTP/1.1\r\nBad Header: x",
                "GET /conversations HTTP/1.1\r\nContent-Length: x",
                "nonsense",
            })
    void answersAProblemWhereTheContainerRefuses(String request) throws IOException {
        try (var socket = new Socket("localhost", rest.port())) {
            socket.getOutputStream()
                    .write((request + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("Content-Type: application/problem+json");
            assertThat(answer).contains("\"code\":\"invalid_request\"");
        }
    }

    @Test
    void refusesUserIdsOutsideAscii() throws IOException {
        try (var socket = new Socket("localhost", rest.port())) {
            socket.getOutputStream()
                    .write(
                            "GET /conversations HTTP/1.1\r\nHost: localhost\r\nX-User-Id: \u00fc\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"field\":\"X-User-Id\"");
        }
    }

    private static Consumer<HttpRequest.Builder> json(Consumer<HttpRequest.Builder> details) {
        return details.andThen(request -> request.header("X-User-Id", "u1").header("Content-Type", "application/json"));
    }

    private static HttpRequest.BodyPublisher chunked(String body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static void assertInvalid(Answer answer, String fields) {
        assertProblem(answer, 400, "invalid_request");
        var errors = answer.json().path("errors");
        assertThat(StreamSupport.stream(errors.spliterator(), false)
                        .map(error -> error.path("field").asString())
                        .sorted()
                        .collect(Collectors.joining(", ")))
                .as(answer.body())
                .isEqualTo(fields);
        assertThat(errors)
                .allSatisfy(
                        error -> assertThat(error.path("message").asString()).matches("(must|is|cannot) .*"));
    }

    private static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text("code")).as(answer.body()).isEqualTo(code);
        assertThat(answer.text("type")).isEqualTo("/problems/" + code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.text("title")).isNotEmpty();
        assertThat(answer.body()).doesNotContain("Exception", "at io.walcast", "org.springframework");
    }
}
