package io.walcast.relay.delivery;

import io.walcast.relay.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Moves the id below which every outbox row is settled, so that a sweep never reads a day of rows.
 *
 * <p>Ids are handed out before their transactions commit, in any order, so "all visible rows up to N are settled" is not
 * enough: a transaction that still runs may hold a smaller id. N becomes the low water only when every transaction that
 * could have taken an id up to N has ended: N is noted in one round, the next round notes which transactions exist, and
 * a later one finds all of those gone.
 */
@Component
class LowWater {

    private static final Logger LOG = LoggerFactory.getLogger(LowWater.class);

    private static final String LOOK = """
            select coalesce((select max(id) from outbox), 0) as newest,
                   pg_snapshot_xmax(s)::text::bigint as next_transaction,
                   pg_snapshot_xmin(s)::text::bigint as oldest_transaction
            from pg_current_snapshot() s
            """;

    private static final String ADVANCE = """
            update relay_slots set low_water_id = :id + 1, updated_at = now()
            where slot_name = :slot and low_water_id <= :id
              and (not has_sequence_privilege(pg_get_serial_sequence('outbox', 'id'), 'select')
                   or :id <= coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass), 0))
              and not exists (
                select from outbox
                where id between relay_slots.low_water_id and :id
                  and published_at is null
                  and not exists (select from outbox_parked where outbox_id = outbox.id))
            """;

    private record Look(long newest, long nextTransaction, long oldestTransaction) {}

    private final WalSettings wal;
    private final JdbcClient jdbc;
    private final Deque<Look> looks = new ArrayDeque<>();

    LowWater(WalSettings wal, RelayDatabase database) {
        this.wal = wal;
        this.jdbc = database.jdbc();
    }

    /** One round; to be called every few seconds, by one thread. */
    void advance() {
        try {
            looks.addLast(jdbc.sql(LOOK).query(Look.class).single());
            while (looks.size() >= 3 && endedBy(looks.getLast())) {
                Look candidate = looks.removeFirst();
                jdbc.sql(ADVANCE)
                        .param("id", candidate.newest())
                        .param("slot", wal.slot())
                        .update();
            }
            if (looks.size() > 100) {
                // A transaction runs on and on: keep the oldest candidate and the newest looks.
                var oldest = looks.removeFirst();
                looks.removeFirst();
                looks.addFirst(oldest);
            }
        } catch (DataAccessException e) {
            LOG.debug("The low water stays where it is: {}", e.getMessage());
        }
    }

    /** Whether every transaction that existed a round after the oldest candidate has ended. */
    private boolean endedBy(Look now) {
        var inOrder = looks.iterator();
        inOrder.next();
        return now.oldestTransaction() >= inOrder.next().nextTransaction();
    }
}
