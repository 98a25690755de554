package io.walcast.acceptance.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.db.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The log of the schema under random changes from several connections: every reader of it, from any place and at any pace,
 * arrives at what the tables say.
 */
class ConversationLogIT {

    private static final long SEED = Long.getLong("walcast.log.seed", System.nanoTime());
    private static final int WRITERS = 4;
    private static final int CHANGES = Integer.getInteger("walcast.log.changes", 1200);
    private static final int READERS = 4;
    private static final int STARTS = 12;

    /** The readers leave the writers the processor. */
    private static final long PAUSE_NANOS = 5_000_000;

    private static final List<String> USERS =
            IntStream.range(0, 9).mapToObj(n -> "u" + n).toList();
    private static final Pattern TEXT = Pattern.compile("text-[0-9a-f-]{36}");
    private static final JsonMapper JSON = new JsonMapper();

    private static final Queue<SingleConnectionDataSource> CONNECTIONS = new ConcurrentLinkedQueue<>();

    private static TestDatabase database;
    private static JdbcClient jdbc;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        jdbc = JdbcClient.create(connection());
    }

    @AfterAll
    static void drop() {
        CONNECTIONS.forEach(SingleConnectionDataSource::destroy);
        database.close();
    }

    private record Reader(UUID conversation, ConversationState state, LogReader log) {}

    @Test
    void everyReaderOfTheLogArrivesAtWhatTheTablesSay() throws Exception {
        System.out.println("-Dwalcast.log.seed=" + SEED);
        var conversations =
                Stream.generate(ConversationLogIT::conversation).limit(2).toList();
        var live = conversations.stream()
                .map(c -> new LiveReader(JdbcClient.create(connection()), c))
                .toList();
        var readers = writeAndRead(conversations, live);

        for (var conversation : conversations) {
            var stored = StoredState.of(jdbc, conversation);
            assertThat(problemsOf(conversation)).isEmpty();
            for (var reader : readers) {
                if (reader.conversation().equals(conversation)) {
                    reader.log().readAll(reader.state(), 0, 100, 1_000_000);
                    assertThat(reader.state().differences(stored, 0, Set.of()))
                            .as("a client that reads at its own pace")
                            .isEmpty();
                }
            }
            for (var client : live) {
                if (client.conversation().equals(conversation)) {
                    client.read();
                    assertThat(client.state().differences(stored, 0, Set.of()))
                            .as("a live client")
                            .isEmpty();
                    assertAllResume(client.kept(), conversation, stored);
                }
            }
            assertAllReplay(conversation, stored);
            assertThat(textsTakenBack(conversation))
                    .as("texts that were taken back and are still there")
                    .isEmpty();
        }
    }

    /** Rows that somebody deletes by SQL leave numbers that nobody waits for. */
    @Test
    void rowsDeletedBySqlStopNobody() throws Exception {
        System.out.println("-Dwalcast.log.seed=" + SEED);
        var conversation = conversation();
        writeAndRead(List.of(conversation), List.of());
        jdbc.sql("delete from messages where conversation_id = ? and (seq % 7 = 3 or seq between 40 and 90)")
                .param(conversation)
                .update();
        assertAllReplay(conversation, StoredState.of(jdbc, conversation));
        jdbc.sql(
                        "delete from messages where conversation_id = ? and seq > (select last_seq / 2 from conversations where id = ?)")
                .params(conversation, conversation)
                .update();
        assertAllReplay(conversation, StoredState.of(jdbc, conversation));
        jdbc.sql("delete from messages where conversation_id = ?")
                .param(conversation)
                .update();
        assertAllReplay(conversation, StoredState.of(jdbc, conversation));
    }

    @Test
    void aHundredThousandEditsOfOneMessageReplayAsOneEvent() {
        var conversation = conversation();
        var message = UUID.randomUUID();
        jdbc.sql("""
                        select * from append_messages(
                            array[:m]::uuid[], array[:c]::uuid[], array['u0'], array['TEXT'], array['first'],
                            array[null]::uuid[], array[null]::text[], array['{}'], true)
                        """).param("c", conversation).param("m", message).query().singleRow();
        long events = new EditedOften(jdbc).edit(message, 100_000);
        assertThat(events).as("edits").isEqualTo(100_000);

        var state = new ConversationState(USERS.size());
        var log = new LogReader(jdbc, conversation);
        log.readAll(state, 0, 100, 1_000_000);
        assertThat(state.differences(StoredState.of(jdbc, conversation), 0, Set.of()))
                .allMatch(difference -> difference.startsWith("membership"));
        assertThat(log.events()).as("the creation, and one edit").isEqualTo(2);
        assertThat(jdbc.sql("select count(*) from conversation_events where conversation_id = ?")
                        .param(conversation)
                        .query(Long.class)
                        .single())
                .as("rows of the log")
                .isLessThanOrEqualTo(USERS.size() + 2L);
    }

    /** One connection that is kept: to connect takes longer than what is done here. */
    private static DataSource connection() {
        var connection = new SingleConnectionDataSource(database.url(), database.username(), "", true);
        CONNECTIONS.add(connection);
        return connection;
    }

    private static UUID conversation() {
        var conversation = UUID.randomUUID();
        jdbc.sql("select create_conversation(?, 'first title', 'u0', ?, '{}')")
                .params(conversation, USERS.toArray(String[]::new))
                .query()
                .listOfRows();
        return conversation;
    }

    /** Writes from several connections, while clients read each at a pace of their own. Returns these. */
    private static List<Reader> writeAndRead(List<UUID> conversations, List<LiveReader> live) throws Exception {
        var readers = new ArrayList<Reader>();
        var writing = new AtomicBoolean(true);
        var threads = Executors.newCachedThreadPool();
        try {
            var reading = new ArrayList<Future<?>>();
            for (var conversation : conversations) {
                for (int i = 0; i < READERS; i++) {
                    var reader = new Reader(
                            conversation,
                            new ConversationState(0),
                            new LogReader(JdbcClient.create(connection()), conversation));
                    var random = new Random(SEED + i);
                    int most = 1 + random.nextInt(5 << (2 * i));
                    readers.add(reader);
                    reading.add(threads.submit(() -> {
                        while (writing.get()) {
                            reader.log().readPage(reader.state(), 0, most, 1L << random.nextInt(12, 20));
                            LockSupport.parkNanos(PAUSE_NANOS);
                        }
                    }));
                }
            }
            live.forEach(client -> reading.add(threads.submit(() -> {
                while (writing.get()) {
                    client.read();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            })));
            var writers = IntStream.range(0, WRITERS)
                    .mapToObj(n -> new LogWriter(connection(), SEED + n, conversations, USERS))
                    .map(writer -> (Callable<Integer>) () -> {
                        for (int i = 0; i < CHANGES / WRITERS; i++) {
                            writer.write();
                        }
                        return 0;
                    })
                    .toList();
            var written = threads.invokeAll(writers);
            writing.set(false);
            for (var writer : written) {
                writer.get();
            }
            for (var reader : reading) {
                reader.get();
            }
        } finally {
            writing.set(false);
            threads.shutdownNow();
        }
        return readers;
    }

    /** A client that was away since any position, and knows what it knew then. */
    private static void assertAllResume(List<ConversationState> kept, UUID conversation, ConversationState stored) {
        var random = new Random(SEED);
        for (var state : kept) {
            long pos = state.pos();
            new LogReader(jdbc, conversation).readAll(state, 0, 1 + random.nextInt(200), 1L << random.nextInt(12, 20));
            assertThat(state.differences(stored, 0, Set.of()))
                    .as("a client that was away since pos %d", pos)
                    .isEmpty();
        }
    }

    /** Clients that know nothing, and begin at the beginning, after any message, or anywhere. */
    private static void assertAllReplay(UUID conversation, ConversationState stored) {
        var random = new Random(SEED);
        for (int start = 0; start < STARTS; start++) {
            int most = 1 + random.nextInt(start % 2 == 0 ? 500 : 20);
            long bytes = 1L << random.nextInt(12, 20);
            long after = start == 0 ? 0 : random.nextLong(stored.lastSeq() + 2);
            var state = new ConversationState(0);
            new LogReader(jdbc, conversation).readAll(state, after, most, bytes);
            assertThat(state.differences(stored, after, Set.of()))
                    .as("a client that replays messages after %d, %d an event page", after, most)
                    .isEmpty();
            long pos = random.nextLong(stored.pos() + 1);
            var later = new ConversationState(pos);
            new LogReader(jdbc, conversation).readAll(later, 0, most, bytes);
            assertThat(later.pos()).as("the end of a replay from pos %d", pos).isEqualTo(stored.pos());
        }
    }

    /** What must hold of the numbers of a log, and of the counts of reactions. */
    private static List<String> problemsOf(UUID conversation) {
        return jdbc.sql("""
                        select 'message ' || m.seq || ' has pos ' || m.pos
                        from (select m.*, lag(m.pos) over (order by m.seq) as previous from messages m
                              where m.conversation_id = :c) m
                        where m.pos is null or m.pos <= coalesce(m.previous, 0)
                        union all
                        select 'event ' || e.pos || ' has number ' || e.number
                        from conversation_events e
                        where e.conversation_id = :c and e.pos - e.number <> (
                            select count(*) from messages m where m.conversation_id = :c and m.pos < e.pos)
                        union all
                        select 'the log ends at ' || last_seq + events || ', but ' || m.newest || ' and ' || e.newest
                        from conversations, (select max(pos) as newest from messages where conversation_id = :c) m,
                             (select max(pos) as newest from conversation_events where conversation_id = :c) e
                        where id = :c and last_seq + events <> greatest(m.newest, e.newest)
                        union all
                        select 'two events at ' || pos from conversation_events join messages using (conversation_id, pos)
                        where conversation_id = :c
                        union all
                        select 'two events about ' || subject || ' are current'
                        from conversation_events where conversation_id = :c and topic is not null
                        group by split_part(topic, '_', 1), subject having count(*) > 1
                        union all
                        select 'rows before event ' || pos || ' could be one' from (
                            select pos, number, topic, lead(pos) over (order by pos) as next,
                                   lead(number) over (order by pos) as next_number
                            from conversation_events where conversation_id = :c) e
                        where topic is null and next - pos = next_number - number
                        union all
                        select 'reactions of ' || s.message_id || ' are ' || s.kinds
                        from reaction_states s join messages m on m.id = s.message_id
                        where m.conversation_id = :c and (
                            select count(*) from jsonb_array_elements(s.kinds) k
                            where (k ->> 'count')::int = (select count(*) from reactions r where r.message_id = m.id
                                                          and r.emoji = k ->> 'emoji')
                              and jsonb_array_length(k -> 'users') = least(5, (k ->> 'count')::int)
                              and not exists (select from jsonb_array_elements_text(k -> 'users') u
                                              where not exists (select from reactions r where r.message_id = m.id
                                                                and r.emoji = k ->> 'emoji' and r.user_id = u)))
                            <> (select count(distinct emoji) from reactions r where r.message_id = m.id)
                        """).param("c", conversation).query(String.class).list();
    }

    /** Texts in any outbox row that no message has any more. */
    private static List<String> textsTakenBack(UUID conversation) {
        var current = Set.copyOf(jdbc.sql("select content from messages where content is not null")
                .query(String.class)
                .list());
        return jdbc
                .sql("select payload::text from outbox where event_key = ?")
                .param(conversation.toString())
                .query(String.class)
                .list()
                .stream()
                .flatMap(payload -> TEXT.matcher(payload).results().map(found -> found.group()))
                .filter(text -> !current.contains(text))
                .toList();
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }
}
