package io.walcast.app.rest;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the server answered. */
public record Answer(int status, HttpHeaders headers, String body) {

    private static final JsonMapper JSON = JsonMapper.shared();

    Answer(HttpResponse<String> response) {
        this(response.statusCode(), response.headers(), response.body());
    }

    public JsonNode json() {
        return JSON.readTree(body);
    }

    /** A field of the answer as text. */
    public String text(String field) {
        return json().path(field).asString();
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
