package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Ledger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Collects what was measured, prints it as Markdown, and writes it as JSON. */
final class Report {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
    private boolean clean = true;

    /** A row in the making. */
    static Map<String, Object> row(String contender) {
        var row = new LinkedHashMap<String, Object>();
        row.put("contender", contender);
        return row;
    }

    void add(String table, Map<String, Object> row) {
        tables.computeIfAbsent(table, name -> new ArrayList<>()).add(row);
        row.forEach((name, value) -> System.out.printf("  %s: %s%n", name, text(value)));
    }

    /** Puts into the row what went wrong. Only Walcast promises that nothing does. */
    void count(Map<String, Object> row, Contender contender, Ledger ledger) {
        row.put("lost", Math.max(ledger.missing(), 0));
        row.put("repeated", ledger.repeated());
        row.put("out of order", ledger.outOfOrder());
        var faultless = ledger.missing() == 0 && ledger.repeated() == 0 && ledger.outOfOrder() == 0;
        clean &= faultless || !(contender instanceof Walcast);
    }

    /** Adds to each table the medians of what was measured repeatedly: of one contender, and at one rate if that is fixed. */
    void addMedians() {
        for (List<Map<String, Object>> rows : tables.values()) {
            rows.stream()
                    .collect(Collectors.groupingBy(
                            row -> List.of(row.get("contender"), row.get("posts/s") instanceof Integer rate ? rate : 0),
                            LinkedHashMap::new,
                            Collectors.toList()))
                    .values()
                    .stream()
                    .filter(alike -> alike.size() > 1)
                    .map(Report::medians)
                    .toList()
                    .forEach(rows::add);
        }
    }

    private static Map<String, Object> medians(List<Map<String, Object>> alike) {
        var medians = new LinkedHashMap<>(alike.get(0));
        medians.replaceAll((column, value) -> value instanceof Number
                ? alike.stream()
                        .map(row -> (Number) row.get(column))
                        .sorted(Comparator.comparingDouble(Number::doubleValue))
                        .toList()
                        .get(alike.size() / 2)
                : value + ", median of " + alike.size());
        return medians;
    }

    boolean isClean() {
        return clean;
    }

    /** Prints all tables, and writes them into the file. */
    void write(Path file) {
        var environment = new TreeMap<String, Object>();
        environment.put("when", Instant.now().toString());
        environment.put("java", Runtime.version().toString());
        environment.put("processors", Runtime.getRuntime().availableProcessors());
        tables.forEach((name, rows) -> System.out.println("\n### " + name + "\n\n" + markdown(rows)));
        JSON.writeValue(file, Map.of("environment", environment, "tables", tables));
        System.out.println("Written to " + file.toAbsolutePath());
    }

    private static String markdown(List<Map<String, Object>> rows) {
        var columns = rows.stream().flatMap(row -> row.keySet().stream()).collect(Collectors.toList());
        var distinct = Set.copyOf(columns).size() == rows.get(0).size()
                ? List.copyOf(rows.get(0).keySet())
                : columns.stream().distinct().toList();
        var lines = new ArrayList<String>();
        lines.add("| " + String.join(" | ", distinct) + " |");
        lines.add("|"
                + distinct.stream()
                        .map(c -> c.equals("contender") ? "---|" : "--:|")
                        .collect(Collectors.joining()));
        for (var row : rows) {
            lines.add(distinct.stream()
                    .map(column -> text(row.getOrDefault(column, "")))
                    .collect(Collectors.joining(" | ", "| ", " |")));
        }
        return String.join("\n", lines);
    }

    private static String text(Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, number < 100 ? "%.2f" : "%.0f", number)
                : value.toString();
    }
}
