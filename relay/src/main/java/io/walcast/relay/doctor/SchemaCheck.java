package io.walcast.relay.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether the schema is there, and of the version of this program. Where the login may not read Flyway's history, which is
 * usual, {@link GrantsCheck} recognizes an older schema by its missing objects.
 */
final class SchemaCheck implements Check {

    private static final String MIGRATE =
            "start walcast.jar of this version on that database: its start migrates the schema";

    private static final String FOUND = """
            select to_regclass('public.outbox') is not null as outbox,
                   coalesce(has_table_privilege(to_regclass('public.flyway_schema_history'), 'select'), false) as history
            """;

    private static final String VERSION = """
            select coalesce(max(version::int), 0) from public.flyway_schema_history where success and version ~ '^[0-9]+$'
            """;

    private static final String SEQUENCE = """
            select seqrelid::regclass::text from pg_sequence
            where seqrelid = pg_get_serial_sequence('public.outbox', 'id')::regclass
              and (seqcache <> 1 or seqincrement < 0)
            """;

    private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");

    private record Schema(boolean outbox, boolean history) {}

    @Override
    public String topic() {
        return "schema";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Schema schema = jdbc.sql(FOUND).query(Schema.class).single();
        if (!schema.outbox()) {
            return List.of(Finding.missing(topic(), "there is no table public.outbox", MIGRATE));
        }
        List<String> sequence = jdbc.sql(SEQUENCE).query(String.class).list();
        if (!sequence.isEmpty()) {
            return List.of(Finding.missing(
                    topic(),
                    "the sequence of outbox.id hands out ids in another order than rows are written",
                    "alter sequence " + sequence.get(0) + " increment by 1 cache 1;"));
        }
        if (!schema.history()) {
            return List.of(Finding.ok(topic(), "it is there; the login may not read of which version"));
        }
        int found = jdbc.sql(VERSION).query(Integer.class).single();
        int needed = newestMigration();
        if (found < needed) {
            return List.of(Finding.missing(
                    topic(), "it is of version " + found + ", and this program of version " + needed, MIGRATE));
        }
        if (found > needed) {
            return List.of(Finding.warning(
                    topic(),
                    "it is of version " + found + ", and this program of version " + needed,
                    "run the relay of the version that migrated it"));
        }
        return List.of(Finding.ok(topic(), "version " + found));
    }

    private static int newestMigration() {
        try {
            return Arrays.stream(
                            new PathMatchingResourcePatternResolver().getResources("classpath*:db/migration/V*.sql"))
                    .map(resource -> MIGRATION.matcher(String.valueOf(resource.getFilename())))
                    .filter(Matcher::matches)
                    .mapToInt(migration -> Integer.parseInt(migration.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
