package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataIntegrityViolationException;

/** Many rows, and rows of the greatest length, do not fill a heap of 384 MB. */
class HeapOfRowsIT {

    private static final int ROWS = 10_000;
    private static final Duration BLOCKED_LIMIT = Duration.ofSeconds(60);
    private static final Duration STILL = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** As the posts of ten conversations, the longest there are, a hundred in a transaction. */
    private static final String POSTS = """
            do $$
            declare
                conversation uuid;
                message uuid;
                event bigint;
                at timestamptz;
            begin
                for n in 1..10000 loop
                    if n %% 1000 = 1 then
                        conversation := gen_random_uuid();
                        insert into conversations (id) values (conversation);
                    end if;
                    message := gen_random_uuid();
                    at := clock_timestamp();
                    update conversations set last_seq = last_seq + 1 where id = conversation;
                    insert into outbox (topic, event_key, payload)
                    values ('messaging.message_created', conversation, jsonb_build_object(
                        'messageId', message, 'conversationId', conversation,
                        'from', (n - 1) %% 1000, 'pos', (n - 1) %% 1000 + 1,
                        'message', message_json(message, conversation, 'poster', 'TEXT', repeat('x', 65536), null,
                                                (n - 1) %% 1000 + 1, at)))
                    returning id into event;
                    insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
                    values (message, conversation, (n - 1) %% 1000 + 1, 'poster', 'TEXT', repeat('x', 65536), at, event);
                    if n %% 100 = 0 then
                        commit;
                    end if;
                end loop;
            end
            $$
            """.formatted();

    /** Far longer than what rooms take, and a little shorter than what the table takes. */
    private static final String LONG_ROWS = """
            insert into outbox (topic, event_key, payload)
            select 'messaging.message_created', gen_random_uuid(), jsonb_build_object('text', repeat('x', 16000000))
            from generate_series(1, %d)
            """;

    private static final int LONG = 40;

    @TempDir
    Path directory;

    private String lastSent = "";
    private long sentAt;
    private Database database;
    private WalcastProcess walcast;

    @BeforeEach
    void start() {
        database = Database.start(Map.of());
        walcast = new WalcastProcess(
                        directory, database.properties(database.port()), "-Xmx384m", "-XX:+ExitOnOutOfMemoryError")
                .start();
    }

    @AfterEach
    void stop() {
        walcast.close();
        database.close();
    }

    @Test
    void thatCannotBeMarkedWaitInPostgresAndAreDeliveredAndMarkedAfterwards() {
        database.sql()
                .sql("revoke update (published_at, attempts, last_error) on outbox from walcast_relay")
                .update();
        database.sql().sql(POSTS).update();
        await("the relay says that it is blocked")
                .atMost(BLOCKED_LIMIT)
                .failFast("Walcast has ended", () -> !walcast.isAlive())
                .until(() -> walcast.relay()
                        .path("details")
                        .path("state")
                        .asString("")
                        .equals("BLOCKED"));
        await("it reads no more")
                .atMost(LIMIT)
                .failFast("Walcast has ended", () -> !walcast.isAlive())
                .until(this::stoodStill);
        assertThat(database.unmarked()).isGreaterThanOrEqualTo(ROWS);

        database.sql()
                .sql("grant update (published_at, attempts, last_error) on outbox to walcast_relay")
                .update();
        await("every row is marked")
                .atMost(LIMIT)
                .failFast("Walcast has ended", () -> !walcast.isAlive())
                .until(() -> database.unmarked() == 0);
        assertThat(database.parked()).isZero();
        assertThat(walcast.hasLogged("OutOfMemoryError")).isFalse();
    }

    /** A producer may write such rows if it does not know the limit of rooms. */
    @Test
    void ofTheGreatestLengthAreParkedWhetherTheStreamBringsThemOrASweep() {
        database.sql().sql(LONG_ROWS.formatted(LONG)).update();
        awaitParked(LONG);
        walcast.stop();
        database.dropSlot();
        database.sql().sql(LONG_ROWS.formatted(LONG)).update();
        walcast.start();
        awaitParked(2 * LONG);

        database.append("messaging.message_created", "somebody", "{}");
        awaitParked(2 * LONG + 1);
        assertThat(walcast.hasLogged("OutOfMemoryError")).isFalse();
        assertRefused("jsonb_build_object('text', repeat('x', 17000000))");
        // A few bytes each as JSON.
        assertRefused("(select jsonb_agg(1e131071::numeric) from generate_series(1, 130))");
    }

    private void assertRefused(String payload) {
        assertThatExceptionOfType(DataIntegrityViolationException.class)
                .isThrownBy(() -> database.sql()
                        .sql("insert into outbox (topic, event_key, payload) select 't', 'k', " + payload)
                        .update())
                .withMessageContaining("at most 16 MB");
    }

    private void awaitParked(long rows) {
        await(rows + " rows are parked")
                .atMost(LIMIT)
                .failFast("Walcast has ended", () -> !walcast.isAlive())
                .until(() -> database.parked() == rows);
    }

    /** Whether PostgreSQL has sent nothing for five seconds, however much there is to send. */
    private boolean stoodStill() {
        var sent = sent();
        if (!sent.equals(lastSent)) {
            lastSent = sent;
            sentAt = System.nanoTime();
        }
        return System.nanoTime() - sentAt > STILL.toNanos();
    }

    private String sent() {
        return database.sql()
                .sql("select coalesce(max(sent_lsn)::text, '') from pg_stat_replication")
                .query(String.class)
                .single();
    }
}
