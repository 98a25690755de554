package io.walcast.acceptance.benchmark.contender;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** How long the relay's statements about the outbox take, and by which plans: as PostgreSQL's {@code auto_explain} logs them. */
public final class StatementLog {

    /** What is looked for in the text of a statement, by what the statement is for. */
    private static final Map<String, Pattern> KINDS = kinds();

    /** A first line, and all that follow it and begin with a tab: the rest of the statement, and its plan. */
    private static final Pattern ENTRY =
            Pattern.compile("duration: ([0-9.]+) ms {2}plan:\n\tQuery Text: ([^\n]*\n(?:\t[^\n]*\n)*)");

    private static final Pattern ACCESS = Pattern.compile(
            "((?:Parallel )?Seq Scan on outbox\\b|(?:Index Only Scan|Index Scan)(?: Backward)? using outbox_\\w+ on outbox\\b"
                    + "|Bitmap Index Scan on outbox_(?!parked)\\w+)");

    private final Path file;
    private long read;

    private StatementLog(Path file) {
        this.file = file;
        this.read = file.toFile().length();
    }

    private static Map<String, Pattern> kinds() {
        var kinds = new LinkedHashMap<String, Pattern>();
        kinds.put("page of a sweep", Pattern.compile("from sweep_page"));
        kinds.put("range of the monitor", Pattern.compile("count\\(\\*\\) as unsettled"));
        kinds.put("batch of marks", Pattern.compile("^\\s*update outbox set published_at"));
        kinds.put("range of the low water", Pattern.compile("^\\s*select min\\(id\\) from unsettled_outbox"));
        kinds.put("page of a replay", Pattern.compile("union all\\s+select outbox_id"));
        kinds.put("batch of retention", Pattern.compile("delete from outbox"));
        kinds.put("search for a range", Pattern.compile("^\\s*select min\\(id\\) from outbox where"));
        kinds.put("search for the newest row", Pattern.compile("max\\(id\\)"));
        return kinds;
    }

    /** Has all that the relay's role does from now on logged. */
    public static StatementLog begin(Postgres postgres) {
        for (var setting : List.of(
                "session_preload_libraries = 'auto_explain'",
                "auto_explain.log_min_duration = 0",
                "auto_explain.log_nested_statements = on",
                "auto_explain.log_parameter_max_length = 0")) {
            postgres.sql("postgres")
                    .sql("alter role walcast_relay set " + setting)
                    .update();
        }
        return new StatementLog(postgres.log());
    }

    /**
     * What was logged since the last call.
     *
     * @param count how many statements there were
     * @param median of their durations, in ms
     * @param longest of their durations, in ms
     * @param access by which plan nodes they read the outbox
     */
    public record Kind(long count, double median, double longest, Set<String> access) {}

    /** The statements since the last call, by what they are for. */
    public Map<String, Kind> next() {
        var durations = new LinkedHashMap<String, List<Double>>();
        var access = new LinkedHashMap<String, Set<String>>();
        KINDS.keySet().forEach(kind -> {
            durations.put(kind, new ArrayList<>());
            access.put(kind, new TreeSet<>());
        });
        var entries = ENTRY.matcher(text());
        while (entries.find()) {
            String statement = entries.group(2);
            for (var kind : KINDS.entrySet()) {
                if (kind.getValue().matcher(statement).find()) {
                    durations.get(kind.getKey()).add(Double.valueOf(entries.group(1)));
                    var nodes = ACCESS.matcher(statement);
                    while (nodes.find()) {
                        access.get(kind.getKey()).add(nodes.group(1));
                    }
                    break;
                }
            }
        }
        var found = new LinkedHashMap<String, Kind>();
        durations.forEach((kind, times) -> {
            if (!times.isEmpty()) {
                times.sort(null);
                found.put(
                        kind,
                        new Kind(
                                times.size(),
                                times.get(times.size() / 2),
                                times.get(times.size() - 1),
                                access.get(kind)));
            }
        });
        return found;
    }

    private String text() {
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(read);
            byte[] bytes = new byte[Math.toIntExact(log.length() - read)];
            log.readFully(bytes);
            read += bytes.length;
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("PostgreSQL's log could not be read", e);
        }
    }
}
