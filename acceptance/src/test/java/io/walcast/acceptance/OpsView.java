package io.walcast.acceptance;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a running Walcast tells the people who run it: its console and its metrics. */
public final class OpsView {

    private static final JsonMapper JSON = new JsonMapper();

    private final WalcastProcess walcast;
    private final HttpClient http = HttpClient.newHttpClient();

    public OpsView(WalcastProcess walcast) {
        this.walcast = walcast;
    }

    /** What the console shows. */
    public JsonNode overview() {
        return JSON.readTree(get("/ops/api/overview"));
    }

    /** The sentences of a level that the console says. */
    public List<String> findings(String level) {
        return StreamSupport.stream(overview().path("findings").spliterator(), false)
                .filter(finding -> finding.path("level").asString().equals(level))
                .map(finding -> finding.path("what").asString())
                .toList();
    }

    /** The value of a metric, by its name and labels as they stand in the scrape. */
    public double metric(String name) {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private String get(String path) {
        try {
            var request = HttpRequest.newBuilder(walcast.uri("http", path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
