package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** What the audit does to the outbox. Another relay owns the slot, so that nothing is delivered meanwhile. */
class AuditRowsIT {

    private static final String SLOT_LOCK = "select pg_advisory_lock(hashtextextended('walcast slot ' || ?, 0))";

    private TestDatabase database;
    private Outbox outbox;

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aRowThatIsSentAgainComesBackAsANewOne() throws Exception {
        try (var standby = new Standby()) {
            long published = outbox.append("t", "k", "{}");
            publish(published);
            long lost = outbox.append("t", "k", "{}");

            assertThat(standby.rows.unsettled(new IdRange(1, lost + 10))).containsExactly(lost);
            assertThat(standby.rows.sendAgain(List.of(published, lost))).isEqualTo(1);

            assertThat(ids()).containsExactly(published, lost + 1);
            assertThat(parked()).isZero();
        }
    }

    @Test
    void nothingStaysParkedWhenOneCannotBeSentAgain() throws Exception {
        try (var standby = new Standby()) {
            long good = outbox.append("t", "k", "{}");
            long bad = outbox.append("t", "bad", "{}");
            outbox.jdbc().sql("""
                    create function refuse() returns trigger language plpgsql as $$
                    begin
                        raise exception 'refused on purpose';
                    end
                    $$;
                    create trigger refuse before insert on outbox
                        for each row when (new.event_key = 'bad') execute function refuse()
                    """).update();

            assertThatThrownBy(() -> standby.rows.sendAgain(List.of(good, bad)))
                    .isInstanceOf(DataAccessException.class);

            assertThat(ids()).containsExactly(good, bad);
            assertThat(parked()).isZero();
        }
    }

    @Test
    void aRowThatIsBeingPublishedIsNotSentAgain() throws Exception {
        try (var standby = new Standby();
                var marker = database.dataSource().getConnection();
                var statement = marker.createStatement()) {
            long id = outbox.append("t", "k", "{}");
            marker.setAutoCommit(false);
            statement.execute("update outbox set published_at = now() where id = " + id);
            var sentAgain = CompletableFuture.supplyAsync(() -> standby.rows.sendAgain(List.of(id)));
            await().until(this::someoneWaitsForALock);
            marker.commit();

            assertThat(sentAgain.get()).isZero();
            assertThat(ids()).containsExactly(id);
            assertThat(parked()).isZero();
        }
    }

    private void publish(long id) {
        outbox.jdbc()
                .sql("update outbox set published_at = now() where id = ?")
                .param(id)
                .update();
    }

    private List<Long> ids() {
        return outbox.jdbc()
                .sql("select id from outbox order by id")
                .query(Long.class)
                .list();
    }

    private long parked() {
        return outbox.jdbc()
                .sql("select count(*) from outbox_parked")
                .query(Long.class)
                .single();
    }

    private boolean someoneWaitsForALock() {
        return outbox.jdbc().sql("""
                        select exists (select from pg_stat_activity
                                       where datname = current_database() and wait_event_type = 'Lock')
                        """).query(Boolean.class).single();
    }

    /** A relay that stands by for the test's own connection. */
    private final class Standby implements AutoCloseable {

        private final Connection owner;
        private final RelayProcess relay;
        private final AuditRows rows;

        Standby() throws SQLException {
            owner = database.dataSource().getConnection();
            try (var lock = owner.prepareStatement(SLOT_LOCK)) {
                lock.setString(1, database.name());
                lock.execute();
            }
            relay = RelayProcess.launch(database);
            rows = relay.bean(AuditRows.class);
        }

        @Override
        public void close() throws SQLException {
            relay.close();
            owner.close();
        }
    }
}
