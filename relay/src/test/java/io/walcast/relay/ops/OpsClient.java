package io.walcast.relay.ops;

import io.walcast.relay.RelayProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Asks a relay's addresses for ops as the console does. */
public final class OpsClient {

    private final HttpClient http = HttpClient.newHttpClient();
    private final String origin;

    public OpsClient(RelayProcess relay) {
        this.origin = "http://127.0.0.1:" + relay.port();
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(origin + path)).build());
    }

    public HttpResponse<String> post(String path) {
        return post(path, "application/json", "{}");
    }

    public HttpResponse<String> postForm(String path) {
        return post(path, "application/x-www-form-urlencoded", "");
    }

    private HttpResponse<String> post(String path, String type, String body) {
        return send(HttpRequest.newBuilder(URI.create(origin + path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
