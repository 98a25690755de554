package io.walcast.relay.doctor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** For how long the server keeps WAL for a slot that nobody reads: neither without end, nor for too short a time. */
final class RetentionCheck implements Check {

    private static final String RELOAD = " select pg_reload_conf();";

    // The second one is there from PostgreSQL 18 on.
    private static final String KEPT = """
            select current_setting('max_slot_wal_keep_size') as size,
                   nullif(current_setting('idle_replication_slot_timeout', true), '0') as idle
            """;

    private record Kept(String size, @Nullable String idle) {}

    @Override
    public String topic() {
        return "kept WAL";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Kept kept = jdbc.sql(KEPT).query(Kept.class).single();
        List<Finding> findings = new ArrayList<>();
        if (kept.size().equals("-1")) {
            findings.add(Finding.warning(
                    topic(),
                    "max_slot_wal_keep_size is unset: while the relay is away, WAL fills the disk",
                    "alter system set max_slot_wal_keep_size = '20GB';" + RELOAD));
        }
        if (kept.idle() != null) {
            findings.add(Finding.warning(
                    topic(),
                    "idle_replication_slot_timeout is " + kept.idle()
                            + ": a relay that is away for longer loses its slot, and sweeps the table instead",
                    "alter system set idle_replication_slot_timeout = 0;" + RELOAD));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(topic(), "at most " + kept.size() + " for a slot, for as long as it takes"));
        }
        return findings;
    }
}
