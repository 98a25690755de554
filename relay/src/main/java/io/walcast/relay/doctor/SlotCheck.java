package io.walcast.relay.doctor;

import io.walcast.relay.wal.Footing;
import io.walcast.relay.wal.WalSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The relay's slot: absent before the first start, else the relay's own, alive, and read by a relay or by nobody. */
final class SlotCheck implements Check {

    // Through to_jsonb: a column that a version lacks is null.
    private static final String SLOT = """
            select slot_type, plugin, database, wal_status, active_pid, two_phase, temporary,
                   to_jsonb(s) ->> 'invalidation_reason' as invalidation_reason
            from pg_replication_slots s
            where slot_name = ?
            """;

    private record Slot(
            String slotType,
            @Nullable String plugin,
            @Nullable String database,
            @Nullable String walStatus,
            @Nullable Integer activePid,
            boolean twoPhase,
            boolean temporary,
            @Nullable String invalidationReason) {

        String kind() {
            return slotType.equals("physical")
                    ? "a physical one"
                    : "of plugin " + plugin + " in database " + database + (twoPhase ? ", of two phases" : "")
                            + (temporary ? ", temporary" : "");
        }
    }

    private final WalSettings settings;

    SlotCheck(WalSettings settings) {
        this.settings = settings;
    }

    @Override
    public String topic() {
        return "slot";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        Footing footing = Footing.find(jdbc, settings);
        return List.of(jdbc.sql(SLOT)
                .param(settings.slot())
                .query(Slot.class)
                .optional()
                .map(slot -> judge(slot, footing))
                .orElseGet(() -> Finding.ok(topic(), "there is no " + settings.slot() + " yet; the relay makes it")));
    }

    private Finding judge(Slot slot, Footing footing) {
        String name = "slot " + settings.slot();
        String drop = "select pg_drop_replication_slot('" + settings.slot() + "');";
        if (!footing.readable()) {
            return Finding.missing(
                    topic(),
                    name + " is " + slot.kind() + ": drop it, or set walcast.relay.slot to another name",
                    drop);
        }
        if (footing.lost()) {
            return Finding.warning(
                    topic(),
                    name + " is lost"
                            + (slot.invalidationReason() == null ? "" : " (" + slot.invalidationReason() + ")")
                            + ": the relay makes another one, and delivers from the table what it did not bring",
                    drop);
        }
        if (footing.holder() != null && !footing.owned()) {
            return Finding.warning(
                    topic(),
                    name + " is read by somebody who is no relay: " + footing.holder(),
                    "select pg_terminate_backend(" + slot.activePid() + ");");
        }
        if ("unreserved".equals(slot.walStatus())) {
            return Finding.warning(
                    topic(),
                    name
                            + " is lost at the next checkpoint (wal_status is unreserved); start the relay, or raise the bound",
                    "alter system set max_slot_wal_keep_size = '20GB'; select pg_reload_conf();");
        }
        return Finding.ok(
                topic(),
                name + (footing.owned() ? " is read by a relay: this one will stand by" : " waits for its relay"));
    }
}
