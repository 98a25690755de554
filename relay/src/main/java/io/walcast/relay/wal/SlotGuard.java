package io.walcast.relay.wal;

import io.walcast.relay.RelayDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks after the replication slot before an engine may use it.
 *
 * <p>The engine would create a missing slot at "now" and lose all that was written in between. Here a slot is created on
 * purpose: first it is noted that a sweep is due, then the slot is created with an exported snapshot, then what the
 * snapshot shows is swept, then the note is cleared. A relay that dies on the way finds the note and begins again with
 * a new slot, so nothing is ever between slot and sweep.
 */
@Component
class SlotGuard {

    private static final Logger LOG = LoggerFactory.getLogger(SlotGuard.class);

    private static final String SLOT = """
            select plugin = 'pgoutput' and database = current_database() as ours,
                   active_pid is not null as held,
                   coalesce(wal_status = 'lost', false) as lost,
                   confirmed_flush_lsn is not null as consistent,
                   coalesce((select sweep_pending from relay_slots r where r.slot_name = s.slot_name), true) as sweep_pending
            from pg_replication_slots s
            where slot_name = :slot
            """;

    private static final String SAMPLE = """
            select active_pid is not null as held,
                   pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as current,
                   coalesce(pg_wal_lsn_diff(confirmed_flush_lsn, '0/0'), 0)::bigint as confirmed
            from pg_replication_slots
            where slot_name = :slot
            """;

    private static final String EXPECT_SWEEP = """
            insert into relay_slots (slot_name, sweep_pending) values (:slot, true)
            on conflict (slot_name) do update set sweep_pending = true, updated_at = now()
            """;

    // A former owner that was paused in the middle of this must not undo what its successor does: hence the epoch.
    private static final String SWEPT = """
            update relay_slots set sweep_pending = false, updated_at = now()
            where slot_name = :slot and owner_epoch = :epoch
            """;

    private static final String DROP = """
            select pg_drop_replication_slot(slot_name) from relay_slots
            where slot_name = :slot and owner_epoch = :epoch
            """;

    enum Outcome {
        READY,
        HELD_BY_ANOTHER
    }

    private record Slot(boolean ours, boolean held, boolean lost, boolean consistent, boolean sweepPending) {}

    private final WalSettings settings;
    private final Ownership ownership;
    private final RelayDatabase database;
    private final JdbcClient jdbc;

    SlotGuard(WalSettings settings, Ownership ownership, RelayDatabase database) {
        this.settings = settings;
        this.ownership = ownership;
        this.database = database;
        this.jdbc = database.jdbc();
    }

    /**
     * Makes the slot fit for an engine, creating and sweeping where that is due.
     *
     * @throws NotOwnerException if another relay has become the owner meanwhile
     */
    Outcome prepare(OutboxConsumer consumer, Runnable sweeping) throws SQLException, InterruptedException {
        Slot slot = find();
        if (slot == null) {
            create("there is none yet", consumer, sweeping);
            return Outcome.READY;
        }
        if (!slot.ours()) {
            throw new FatalWalException("replication slot \"" + settings.slot()
                    + "\" exists for another database or plugin: drop it, or set walcast.relay.slot to another name");
        }
        if (slot.held()) {
            return Outcome.HELD_BY_ANOTHER;
        }
        if (slot.lost()) {
            recreate("PostgreSQL invalidated it (wal_status is lost)", consumer, sweeping);
        } else if (!slot.consistent() || slot.sweepPending()) {
            recreate("its sweep was not finished", consumer, sweeping);
        }
        return Outcome.READY;
    }

    /** Notes that the slot is to be made anew, and all unpublished rows are to be swept, before the next engine. */
    void expectSweep() {
        jdbc.sql(EXPECT_SWEEP).param("slot", settings.slot()).update();
    }

    /** Where the slot stands now; empty if it is gone. */
    Optional<SlotSample> sample() {
        return jdbc.sql(SAMPLE)
                .param("slot", settings.slot())
                .query(SlotSample.class)
                .optional();
    }

    /**
     * Writes a message into the WAL that comes back through the slot.
     *
     * @return its position, in bytes from the beginning of the WAL
     */
    long beat() {
        return jdbc.sql("select pg_wal_lsn_diff(pg_logical_emit_message(true, 'walcast', ''), '0/0')::bigint")
                .query(Long.class)
                .single();
    }

    private @Nullable Slot find() {
        return jdbc.sql(SLOT)
                .param("slot", settings.slot())
                .query(Slot.class)
                .optional()
                .orElse(null);
    }

    private void recreate(String why, OutboxConsumer consumer, Runnable sweeping)
            throws SQLException, InterruptedException {
        boolean dropped = !jdbc.sql(DROP)
                .param("slot", settings.slot())
                .param("epoch", ownership.epoch())
                .query()
                .listOfRows()
                .isEmpty();
        if (!dropped) {
            throw new NotOwnerException();
        }
        create(why, consumer, sweeping);
    }

    private void create(String why, OutboxConsumer consumer, Runnable sweeping)
            throws SQLException, InterruptedException {
        String walLevel = jdbc.sql("show wal_level").query(String.class).single();
        if (!walLevel.equals("logical")) {
            throw new FatalWalException(
                    "wal_level is " + walLevel + ": set wal_level = logical in postgresql.conf and restart PostgreSQL");
        }
        expectSweep();
        PGConnection replication = database.replicationConnection();
        // The exported snapshot lives as long as this connection is idle and open.
        try (Connection keepsSnapshot = (Connection) replication) {
            var created = replication
                    .getReplicationAPI()
                    .createReplicationSlot()
                    .logical()
                    .withSlotName(settings.slot())
                    .withOutputPlugin("pgoutput")
                    .make();
            LOG.warn("Created replication slot {} at {}: {}", settings.slot(), created.getConsistentPoint(), why);
            sweeping.run();
            consumer.sweep(created.getSnapshotName());
            int noted = jdbc.sql(SWEPT)
                    .param("slot", settings.slot())
                    .param("epoch", ownership.epoch())
                    .update();
            if (noted == 0) {
                throw new NotOwnerException();
            }
        }
    }
}
