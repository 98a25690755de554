package io.walcast.relay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alert rules and the dashboard ask for metrics that there are, by labels that they have. */
class MonitoringIT {

    private static final Path MONITORING = Path.of("..", "monitoring");
    private static final Path RUNBOOKS = Path.of("..", "OPERATIONS.md");

    /** A metric with the labels that are matched on it: <code>name{label="value"}</code>. */
    private static final Pattern SELECTOR = Pattern.compile("(walcast_[a-z0-9_]+)(?:\\{([^}]*)})?");

    private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!=|!~|=)");
    private static final Pattern SAMPLE_LABEL = Pattern.compile("([a-z_]+)=\"");

    /** Of the app, which is not there in this test; PostTimerIT looks for them. */
    private static final Set<String> OF_THE_APP =
            Set.of("walcast_posts_seconds_count", "walcast_posts_seconds_sum", "walcast_posts_seconds_max");

    /** Prometheus adds them. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    private static TestDatabase database;
    private static RelayProcess relay;

    /** Label names by metric. */
    private static Map<String, Set<String>> scrape;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        relay = RelayProcess.start(
                database,
                Map.of(
                        "management.endpoints.web.exposure.include", "prometheus",
                        "management.endpoint.health.group.readiness.include", "relay",
                        "walcast.ops.slots.interval", "200ms"));
        var outbox = new Outbox(database);
        outbox.post(outbox.conversation(), 10);
        await().until(() -> outbox.unpublished() == 0);
        var client = new OpsClient(relay);
        await().until(() -> client.get("/actuator/prometheus").body().contains("walcast_slot_retained_bytes{"));
        scrape = parse(client.get("/actuator/prometheus").body());
    }

    @AfterAll
    static void stop() {
        relay.close();
        database.close();
    }

    @Test
    void everyAlertAsksForWhatThereIsAndHasARunbook() throws IOException {
        Set<String> headings = headings();
        List<Map<String, Object>> rules = rules();
        assertThat(rules).hasSizeGreaterThan(10);
        for (Map<String, Object> rule : rules) {
            assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
            assertKnown(String.valueOf(rule.get("expr")));
            var runbook = String.valueOf(((Map<?, ?>) rule.get("annotations")).get("runbook"));
            assertThat(headings).as("runbook of " + rule.get("alert")).contains(runbook);
        }
    }

    @Test
    void everyPanelAsksForWhatThereIs() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(MONITORING.resolve("grafana-dashboard.json")));
        List<JsonNode> expressions = dashboard.findValues("expr");
        assertThat(expressions).hasSizeGreaterThan(20);
        expressions.forEach(expression -> assertKnown(expression.asString()));
    }

    @Test
    void everyMetricOfOursIsDocumented() throws IOException {
        String documented = Files.readString(RUNBOOKS);
        var missing = new TreeSet<String>();
        for (String metric : scrape.keySet()) {
            String family = metric.replaceAll("_(bucket|count|sum|max)$", "");
            if (metric.startsWith("walcast_")
                    && !metric.startsWith("walcast_debezium_")
                    && !documented.contains(family)) {
                missing.add(family);
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void theEnginesOwnFiguresAreThere() {
        Gauge seen = relay.bean(MeterRegistry.class)
                .get("walcast.debezium.events.seen")
                .gauge();
        assertThat(seen.value()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void everyAlertIsDocumented() throws IOException {
        String documented = Files.readString(RUNBOOKS);
        assertThat(rules()).allSatisfy(rule -> assertThat(documented).contains("`" + rule.get("alert") + "`"));
    }

    private static void assertKnown(String expression) {
        Set<String> grouping = new HashSet<>(words(GROUPING.matcher(expression).results(), ","));
        for (MatchResult found : SELECTOR.matcher(expression).results().toList()) {
            String metric = found.group(1);
            if (OF_THE_APP.contains(metric)) {
                continue;
            }
            assertThat(scrape)
                    .as("metrics of a running relay, for " + expression)
                    .containsKey(metric);
            Set<String> asked = new HashSet<>(grouping);
            if (found.group(2) != null) {
                LABEL.matcher(found.group(2)).results().forEach(label -> asked.add(label.group(1)));
            }
            asked.removeAll(OF_PROMETHEUS);
            assertThat(scrape.get(metric))
                    .as("labels of %s, for %s", metric, expression)
                    .containsAll(asked);
        }
    }

    private static List<String> words(Stream<MatchResult> groups, String separator) {
        return groups.flatMap(group -> List.of(group.group(1).split(separator)).stream())
                .map(String::strip)
                .toList();
    }

    private static Map<String, Set<String>> parse(String scraped) {
        Map<String, Set<String>> metrics = new TreeMap<>();
        scraped.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.indexOf('{') < 0 ? line.indexOf(' ') : line.indexOf('{');
            var labels = metrics.computeIfAbsent(line.substring(0, end), name -> new HashSet<>());
            SAMPLE_LABEL.matcher(line.substring(end)).results().forEach(label -> labels.add(label.group(1)));
        });
        return metrics;
    }

    @SuppressWarnings("unchecked") // as Prometheus wants it
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(MONITORING.resolve("alerts.yaml")));
        var groups = (List<Map<String, Object>>) file.get("groups");
        return groups.stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                .toList();
    }

    /** As links to them are written. */
    private static Set<String> headings() throws IOException {
        try (var lines = Files.lines(RUNBOOKS)) {
            var links = new TreeSet<String>();
            lines.filter(line -> line.matches("#+ .*"))
                    .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                    .forEach(heading -> links.add("OPERATIONS.md#"
                            + heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-')));
            return links;
        }
    }
}
