package io.walcast.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

@RestTest
class ApiDescriptionIT {

    @Autowired
    private RestClient rest;

    @Test
    void describesEveryOperation() {
        var operations = new ArrayList<String>();
        description()
                .path("paths")
                .forEachEntry((path, methods) ->
                        methods.propertyNames().forEach(method -> operations.add(method + " " + path)));

        assertThat(operations)
                .containsExactlyInAnyOrder(
                        "post /conversations",
                        "get /conversations",
                        "get /conversations/{conversationId}",
                        "put /conversations/{conversationId}/members/{userId}",
                        "delete /conversations/{conversationId}/members/{userId}",
                        "put /conversations/{conversationId}/owners/{userId}",
                        "get /conversations/{conversationId}/messages",
                        "post /messages",
                        "patch /conversations/{conversationId}",
                        "put /conversations/{conversationId}/read",
                        "get /conversations/{conversationId}/events",
                        "get /messages/{messageId}",
                        "patch /messages/{messageId}",
                        "delete /messages/{messageId}",
                        "put /messages/{messageId}/reactions/{emoji}",
                        "delete /messages/{messageId}/reactions/{emoji}",
                        "get /messages/{messageId}/delivery",
                        "get /problems",
                        "get /problems/{code}");
    }

    @Test
    void describesAPostWithAllItsAnswers() {
        var post = description().path("paths").path("/messages").path("post");

        assertThat(post.path("responses").propertyNames())
                .containsExactlyInAnyOrder("201", "400", "401", "404", "406", "413", "415", "422", "429", "500", "503");
        assertThat(problems(post, "422")).containsExactlyInAnyOrder("parent_not_found", "idempotency_key_reused");
        assertThat(problems(post, "400")).containsExactlyInAnyOrder("invalid_request", "malformed_json");
        assertThat(problems(post, "404")).containsExactly("not_found");
        var parameters = new ArrayList<String>();
        post.path("parameters")
                .forEach(parameter -> parameters.add(parameter.path("name").asString()));
        assertThat(parameters).containsExactly("Idempotency-Key");
    }

    @Test
    void describesWhatAClientMayPost() {
        var types = description()
                .path("components")
                .path("schemas")
                .path("NewMessage")
                .path("properties")
                .path("type");

        assertThat(types.path("enum")).hasToString("[\"TEXT\",\"IMAGE\",\"FILE\"]");
    }

    @Test
    void describesHowAClientNamesItself() {
        var scheme = description().path("components").path("securitySchemes").path("user");

        assertThat(scheme.path("in").asString()).isEqualTo("header");
        assertThat(scheme.path("name").asString()).isEqualTo("X-User-Id");
        assertThat(description().path("security")).hasToString("[{\"user\":[]}]");
    }

    @Test
    void hasAPageToTryItThatNeedsNoOtherHost() throws Exception {
        var http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        var page = http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + rest.port() + "/api"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("swagger-ui-bundle.js").doesNotContain("https://");
    }

    @Test
    void asksForNoCallerWhereNoneIsNeeded() {
        var problems = description().path("paths").path("/problems").path("get");

        assertThat(problems.path("security")).hasToString("[]");
        assertThat(problems.path("responses").propertyNames()).containsExactlyInAnyOrder("200", "406", "500", "503");
    }

    @Test
    void describesTheAnswerOfEveryOperationThatHasOne() {
        description()
                .path("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry((method, operation) -> {
                    var created = operation.path("responses").path("201");
                    var success = created.isMissingNode()
                            ? operation.path("responses").path("200")
                            : created;

                    assertThat(success.isMissingNode()
                                    || success.path("content").has("application/json"))
                            .as(method + " " + path)
                            .isTrue();
                }));
    }

    private JsonNode description() {
        return rest.get("/api/openapi", "u1").json();
    }

    private static List<String> problems(JsonNode operation, String status) {
        return List.copyOf(operation
                .path("responses")
                .path(status)
                .path("content")
                .path("application/problem+json")
                .path("examples")
                .propertyNames());
    }
}
