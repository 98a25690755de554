package io.walcast.acceptance.benchmark;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.benchmark.contender.BareEngine;
import io.walcast.acceptance.benchmark.contender.HeldSlot;
import io.walcast.acceptance.benchmark.contender.RawReader;
import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * 200,000 messages that wait in the WAL: how fast they are delivered to 100 clients and marked, beside readers that
 * only count them.
 *
 * <p>Walcast's slot is held by somebody else while they are written. Walcast stays the owner, with its clients connected,
 * waits for the slot, and reads it when it is let go.
 */
final class Backlog implements Section {

    private static final int ROOMS = 100;
    private static final int ROWS = 200_000;
    private static final int TRANSACTION = 1_000;
    private static final String LISTENER = "listener";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Override
    public void measure(Setting setting, Report report) {
        setting.withWalcast("backlog", Map.of(), walcast -> {
            var rooms = IntStream.range(0, ROOMS)
                    .mapToObj(i -> walcast.createConversation(List.of(Driver.poster(i), LISTENER)))
                    .toList();
            try (var driver = Driver.connect(walcast.port(), rooms, 1, n -> LISTENER, 32, ROWS * 2)) {
                driver.postAsFastAsAnswered(Duration.ofSeconds(20));
                driver.awaitDelivered();
                var bare = new BareEngine(setting.postgres(), walcast.database());
                var raw = new RawReader(setting.postgres(), walcast.database());
                try (var held = HeldSlot.takeFrom(walcast, setting.postgres())) {
                    write(walcast, driver);
                }
                drain(walcast, driver, setting, report);
                count("bare engine, no delivery, no marks", bare.count(ROWS), report);
                count("pgjdbc replication stream, read only", raw.count(ROWS), report);
            }
        });
    }

    private static void drain(Walcast walcast, Driver driver, Setting setting, Report report) {
        var costs = new Costs(walcast, setting.postgres());
        await("the backlog is marked")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(walcast::allMarked);
        driver.awaitDelivered();
        var row = Report.row("Walcast, delivered and marked");
        row.put("rows/s", walcast.sql().sql("""
                        select count(*) / extract(epoch from max(published_at) - min(published_at))::float8
                        from (select published_at from outbox order by id desc limit ?)
                        """).param(ROWS).query(Double.class).single());
        costs.into(row, ROWS);
        report.count(row, walcast, driver.ledger());
        report.add("Backlog of 200,000 rows", row);
    }

    private static void count(String name, double perSecond, Report report) {
        var row = Report.row(name);
        row.put("rows/s", perSecond);
        report.add("Backlog of 200,000 rows", row);
    }

    /** Writes what as many posts would have, in fewer transactions. */
    private static void write(Walcast walcast, Driver driver) {
        int first = driver.expect(ROWS);
        for (int n = 0; n < ROWS; n += TRANSACTION) {
            walcast.sql()
                    .sql("""
                            with conversation as (
                                update conversations c set last_seq = c.last_seq + :each where c.last_seq > 0
                                returning c.id, c.last_seq - :each as before, c.events
                            ), message as (
                                select gen_random_uuid() as id, c.id as conversation_id, c.before + i as seq, c.before + c.events + i as pos,
                                       rpad((:first + (i - 1) * :rooms + row_number() over (partition by i order by c.id) - 1)::text, 200) as content
                                from conversation c, generate_series(1, :each) i
                            ), event as (
                                insert into outbox (topic, event_key, payload)
                                select 'messaging.message_created', m.conversation_id,
                                       jsonb_build_object('messageId', m.id, 'conversationId', m.conversation_id,
                                           'from', m.pos - 1, 'pos', m.pos,
                                           'message', message_json(m.id, m.conversation_id, 'poster-0', 'TEXT', m.content,
                                                                   null, m.seq, now(), m.pos, null, null))
                                from message m order by m.seq
                            )
                            insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id,
                                                  pos)
                            select m.id, m.conversation_id, m.seq, 'poster-0', 'TEXT', m.content, now(), 0, m.pos from message m
                            """)
                    .param("each", TRANSACTION / ROOMS)
                    .param("first", first + n)
                    .param("rooms", ROOMS)
                    .update();
        }
    }
}
