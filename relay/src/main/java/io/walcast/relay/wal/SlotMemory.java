package io.walcast.relay.wal;

import io.walcast.relay.runtime.RelayDatabase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the state of slot, publication, outbox and server, and keeps the relay's notes about them in
 * {@code relay_slots}. Thread-safe.
 *
 * <p>Notes that only the owner may write are written under its epoch: a former owner that was paused must not undo the
 * notes of its successor.
 */
@Component
class SlotMemory {

    // From the catalogue alone: the view pg_publication_tables would wait for a lock on the outbox.
    static final String FIND = """
            with outbox as (
                select c.oid, c.relnamespace, c.relpersistence, pg_relation_filenode(c.oid) as files,
                       pg_get_serial_sequence('public.outbox', 'id')::regclass::oid as sequence
                from pg_class c
                where c.oid = to_regclass('public.outbox')
            )
            select s.slot_type,
                   coalesce(s.slot_type = 'logical' and s.plugin = 'pgoutput' and s.database = current_database()
                            and not s.two_phase and not s.temporary, false) as readable,
                   coalesce(s.wal_status = 'lost', false) as lost,
                   pg_wal_lsn_diff(s.confirmed_flush_lsn, '0/0')::bigint as confirmed,
                   case when s.active_pid is not null then
                       concat('pid ', s.active_pid,
                              (select ' (' || nullif(concat_ws(' ', nullif(a.application_name, ''), a.usename, a.client_addr), '') || ')'
                               from pg_stat_activity a where a.pid = s.active_pid))
                   end as holder,
                   pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint as flushed,
                   case
                       when o.oid is null then 'NO_OUTBOX'
                       when o.relpersistence <> 'p' then 'UNLOGGED'
                       when p.oid is null then 'MISSING'
                       when not p.pubinsert then 'NO_INSERTS'
                       when p.puballtables
                           or exists (select from pg_publication_namespace n
                                      where n.pnpubid = p.oid and n.pnnspid = o.relnamespace) then null
                       when r.oid is null then 'WITHOUT_OUTBOX'
                       when r.prqual is not null then 'ROW_FILTER'
                       when r.prattrs is not null
                           and exists (select from unnest(array['id', 'topic', 'event_key', 'payload', 'headers', 'created_at']) c
                                       where c not in (select attname from pg_attribute
                                                       where attrelid = o.oid and attnum = any (r.prattrs::int2[])))
                           then 'COLUMNS'
                   end as publication_fault,
                   concat_ws(' ', p.oid, p.xmin,
                             r.oid, r.xmin,
                             (select string_agg(concat(n.oid, '/', n.xmin), ' ' order by n.oid)
                              from pg_publication_namespace n where n.pnpubid = p.oid)) as publication,
                   concat_ws(' ', o.oid, o.files, pg_relation_filenode(o.sequence)) as outbox_files,
                   case when has_sequence_privilege(o.sequence, 'select') then pg_sequence_last_value(o.sequence) end
                       as last_id,
                   (select system_identifier from pg_control_system()) || '-'
                     || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) as history
            from (select) one
            left join outbox o on true
            left join pg_publication p on p.pubname = :publication
            left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = o.oid
            left join pg_replication_slots s on s.slot_name = :slot
            """;

    // Relays with slots of their own share the marks of the table. If two of them run, the one with the greater
    // name gives way. A sequence that hands out blocks of ids gives them in another order than rows are written in;
    // low water and sweep rely on that order.
    private static final String INTERFERENCE = """
            select coalesce(
                (select 'slot ' || o.slot_name || ' of this database has a relay too, and each of the two skips what the other'
                        || ' one has marked: stop one, or give both the same walcast.relay.slot'
                 from relay_slots r
                 join pg_replication_slots o on o.slot_name = r.slot_name
                 where r.slot_name <> :slot and o.active and o.database = current_database()
                   and (not :running or r.slot_name < :slot)
                 order by 1
                 limit 1),
                (select 'the sequence of outbox.id hands out ids in another order than rows are written: run "alter sequence '
                        || seqrelid::regclass || ' increment by 1 cache 1"'
                 from pg_sequence
                 where seqrelid = pg_get_serial_sequence('public.outbox', 'id')::regclass
                   and (seqcache <> 1 or seqincrement < 0)))
            """;

    private static final String RECALL = """
            select sweep_pending, sweep_reason, low_water_id,
                   pg_wal_lsn_diff(acknowledge_lsn, '0/0')::bigint as acknowledged_up_to,
                   history, publication, outbox_files
            from relay_slots
            where slot_name = :slot
            """;

    private static final String SAMPLE = """
            select active_pid is not null and confirmed_flush_lsn is not null as held,
                   pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint as current,
                   coalesce(pg_wal_lsn_diff(confirmed_flush_lsn, '0/0'), 0)::bigint as confirmed
            from pg_replication_slots
            where slot_name = :slot
            """;

    // A commit on this server's disk is enough, as the slot is there too: rows must not wait for a synchronous standby.
    private static final String NOTE = """
            with local_commit as materialized (select set_config('synchronous_commit', 'local', true))
            update relay_slots set acknowledge_lsn = greatest(acknowledge_lsn, :lsn::pg_lsn)
            from local_commit
            where slot_name = :slot and owner_epoch = :epoch
            """;

    private static final String EXPECT_SWEEP = """
            insert into relay_slots (slot_name, sweep_pending, sweep_reason) values (:slot, true, :reason)
            on conflict (slot_name) do update
            set sweep_pending = true, sweep_reason = excluded.sweep_reason, updated_at = now(),
                low_water_id = case when :allIds then 0 else relay_slots.low_water_id end
            """;

    private static final String SWEPT = """
            update relay_slots
            set sweep_pending = false, sweep_reason = null, updated_at = now(),
                acknowledge_lsn = :lsn::pg_lsn, history = :history, publication = :publication, outbox_files = :files
            where slot_name = :slot and owner_epoch = :epoch
            """;

    private static final String DROP = """
            select pg_drop_replication_slot(slot_name) from relay_slots
            where slot_name = :slot and owner_epoch = :epoch
            """;

    private final WalSettings settings;
    private final Ownership ownership;
    private final JdbcClient jdbc;

    SlotMemory(WalSettings settings, Ownership ownership, RelayDatabase database) {
        this.settings = settings;
        this.ownership = ownership;
        this.jdbc = database.jdbc();
    }

    /**
     * The present state. It must be compared with notes that are recalled <em>afterwards</em>: a note is written before
     * the slot moves.
     */
    Found find() {
        return jdbc.sql(FIND)
                .param("slot", settings.slot())
                .param("publication", settings.publication())
                .query(Found.class)
                .single();
    }

    Remembered recall() {
        return jdbc.sql(RECALL)
                .param("slot", settings.slot())
                .query(Remembered.class)
                .optional()
                .orElse(Remembered.NOTHING);
    }

    /**
     * What would make deliveries wrong, and what mends it; null if there is nothing of the kind.
     *
     * @param running whether this relay reads its slot
     */
    @Nullable
    String interference(boolean running) {
        return jdbc.sql(INTERFERENCE)
                .param("slot", settings.slot())
                .param("running", running)
                .query((row, number) -> Optional.ofNullable(row.getString(1)))
                .single()
                .orElse(null);
    }

    /** The present position of the slot; empty if it is gone. */
    Optional<SlotSample> sample() {
        return jdbc.sql(SAMPLE)
                .param("slot", settings.slot())
                .query(SlotSample.class)
                .optional();
    }

    /**
     * Notes that the slot is about to be acknowledged up to this position, and that everything before it is settled.
     *
     * @throws NotOwnerException if another relay has become the owner
     */
    void note(long lsn) {
        requireOwner(jdbc.sql(NOTE)
                .param("lsn", Lsn.of(lsn))
                .param("slot", settings.slot())
                .param("epoch", ownership.epoch())
                .update());
    }

    /**
     * Notes that all unpublished rows are to be swept before the next engine.
     *
     * @param allIds whether to include those below the low water
     */
    void expectSweep(@Nullable String reason, boolean allIds) {
        jdbc.sql(EXPECT_SWEEP)
                .param("slot", settings.slot())
                .param("reason", reason)
                .param("allIds", allIds)
                .update();
    }

    /**
     * Notes that every row is settled that this slot does not bring.
     *
     * @param before the state before the sweep took its snapshot
     * @throws NotOwnerException if another relay has become the owner meanwhile
     */
    void swept(Found before) {
        Long confirmed = before.confirmed();
        requireOwner(jdbc.sql(SWEPT)
                .param("lsn", Lsn.of(confirmed == null ? 0 : confirmed))
                .param("history", before.history())
                .param("publication", before.publication())
                .param("files", before.outboxFiles())
                .param("slot", settings.slot())
                .param("epoch", ownership.epoch())
                .update());
    }

    /** @throws NotOwnerException if another relay has become the owner */
    void dropSlot() {
        requireOwner(jdbc.sql(DROP)
                .param("slot", settings.slot())
                .param("epoch", ownership.epoch())
                .query((row, number) -> true)
                .list()
                .size());
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

    private static void requireOwner(int rows) {
        if (rows == 0) {
            throw new NotOwnerException();
        }
    }
}
