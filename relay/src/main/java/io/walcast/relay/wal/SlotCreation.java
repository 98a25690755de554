package io.walcast.relay.wal;

import io.walcast.relay.runtime.RelayDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Creates the replication slot. PostgreSQL completes that only when every transaction that was open before has ended,
 * without a time limit.
 *
 * <p>So the statement runs on a thread and a connection of its own, while the caller asks every {@link #ASK} which
 * transaction it waits for. A stop, the loss of the ownership, or a connection that the network has cut silently ends
 * the wait: that connection is closed. PostgreSQL then ends the statement within seconds, as it does when this process
 * dies.
 */
@Component
class SlotCreation {

    private static final Logger LOG = LoggerFactory.getLogger(SlotCreation.class);

    private static final Duration ASK = Duration.ofMillis(500);

    /** After this many queries the connection counts as dead, if the statement has ended without an answer. */
    private static final int LATE_ANSWERS = 10;

    private static final String CREATE = "select pg_create_logical_replication_slot(?, 'pgoutput')";

    private static final String PROGRESS = """
            select not exists (select from pg_stat_activity where pid = :pid)
                   or exists (select from pg_replication_slots
                              where slot_name = :slot and confirmed_flush_lsn is not null and active_pid is null)
                       as over,
                   coalesce(
                       (select concat('pid ', pid,
                                      ' (' || nullif(concat_ws(' ', nullif(application_name, ''), usename, client_addr), '') || ')',
                                      ', ' || state,
                                      ', open for ' || extract(epoch from clock_timestamp() - xact_start)::bigint || ' s')
                        from pg_stat_activity
                        where pid = any (pg_blocking_pids(:pid))
                        order by xact_start
                        limit 1),
                       (select concat('prepared ', quote_literal(gid), ' (', owner, '), open for ',
                                      extract(epoch from clock_timestamp() - prepared)::bigint, ' s')
                        from pg_prepared_xacts
                        where transaction in (select transactionid from pg_locks where pid = :pid and not granted)
                        limit 1)) as transaction
            """;

    private record Progress(boolean over, @Nullable String transaction) {}

    private final WalSettings settings;
    private final Ownership ownership;
    private final RelayDatabase database;
    private final JdbcClient jdbc;

    SlotCreation(WalSettings settings, Ownership ownership, RelayDatabase database) {
        this.settings = settings;
        this.ownership = ownership;
        this.database = database;
        this.jdbc = database.jdbc();
    }

    /**
     * Creates the slot.
     *
     * @param waiting called repeatedly with the transaction that it waits for
     * @param stopping whether the relay stops, which ends the wait
     * @throws FatalWalException if the server cannot have such a slot
     * @throws NotOwnerException if another relay may have become the owner meanwhile
     */
    void create(Consumer<String> waiting, BooleanSupplier stopping) throws SQLException, InterruptedException {
        String walLevel = jdbc.sql("show wal_level").query(String.class).single();
        if (!walLevel.equals("logical")) {
            throw new FatalWalException(
                    "wal_level is " + walLevel + ": set wal_level = logical in postgresql.conf and restart PostgreSQL");
        }
        Connection connection = database.connectionThatEndsWithItsClient("walcast slot");
        try {
            int pid = connection.unwrap(PGConnection.class).getBackendPID();
            var creation = new FutureTask<@Nullable Void>(() -> {
                try (var create = connection.prepareStatement(CREATE)) {
                    create.setString(1, settings.slot());
                    create.execute();
                }
                return null;
            });
            var thread = new Thread(creation, "walcast-slot");
            thread.setDaemon(true);
            thread.start();
            await(creation, pid, waiting, stopping);
        } finally {
            // Aborted and not closed: a close would wait for the statement.
            connection.abort(Runnable::run);
        }
    }

    private void await(FutureTask<?> creation, int pid, Consumer<String> waiting, BooleanSupplier stopping)
            throws SQLException, InterruptedException {
        int late = 0;
        while (true) {
            try {
                creation.get(ASK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (stopping.getAsBoolean()) {
                    throw new InterruptedException();
                }
                ownership.requireOwner();
                Progress progress = jdbc.sql(PROGRESS)
                        .param("pid", pid)
                        .param("slot", settings.slot())
                        .query(Progress.class)
                        .single();
                late = progress.over() ? late + 1 : 0;
                if (late == LATE_ANSWERS) {
                    throw new SQLException("the connection that creates the slot does not answer");
                }
                if (progress.transaction() != null) {
                    LOG.debug("The slot waits for {}", progress.transaction());
                    waiting.accept(progress.transaction());
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof SQLException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
