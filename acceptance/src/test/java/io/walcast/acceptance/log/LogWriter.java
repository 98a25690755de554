package io.walcast.acceptance.log;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes to conversations at random, with the functions and the statements that the application has: posts, edits,
 * deletions, reactions, members, titles, erasure, and posts of the release before.
 *
 * <p>Every text is a token of its own, so that a text that was taken back can be looked for. Used by one thread.
 */
final class LogWriter {

    private static final List<String> EMOJI =
            IntStream.range(0, 24).mapToObj(n -> ":e" + n + ":").toList();

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Random random;
    private final List<UUID> conversations;
    private final List<String> users;

    LogWriter(DataSource dataSource, long seed, List<UUID> conversations, List<String> users) {
        this.jdbc = JdbcClient.create(dataSource);
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.random = new Random(seed);
        this.conversations = conversations;
        this.users = users;
    }

    /** One change, or none where chance picked one that is not allowed. */
    void write() {
        var conversation = any(conversations);
        int chance = random.nextInt(100);
        if (chance < 35) {
            post(conversation, 1 + random.nextInt(4));
        } else if (chance < 38) {
            postAsReleaseBefore(conversation);
        } else if (chance < 60) {
            onMessage(conversation, "select edit_message(:m, sender_id, 'text-' || gen_random_uuid(), null, '{}')");
        } else if (chance < 64) {
            onMessage(conversation, "select delete_message(:m, sender_id, '{}')");
        } else if (chance < 86) {
            onMessage(
                    conversation,
                    "select set_reaction(:m, '%s', '%s', %s, '{}')"
                            .formatted(any(users), any(EMOJI), random.nextInt(3) > 0));
        } else if (chance < 88) {
            onMessage(conversation, "select erase_message(:m)::text");
        } else if (chance < 96) {
            member(conversation, any(users.subList(2, users.size())));
        } else {
            title(conversation);
        }
    }

    private void post(UUID conversation, int posts) {
        jdbc.sql("""
                        select count(*) from append_messages(
                            array(select gen_random_uuid() from generate_series(1, :n)),
                            array_fill(:c::uuid, array[:n]), array_fill(:user::text, array[:n]),
                            array_fill('TEXT'::text, array[:n]),
                            array(select 'text-' || gen_random_uuid() from generate_series(1, :n)),
                            array_fill(null::uuid, array[:n]),
                            array(select gen_random_uuid()::text from generate_series(1, :n)),
                            array_fill('{}'::text, array[:n]), true)
                        """)
                .param("c", conversation)
                .param("n", posts)
                .param("user", users.get(random.nextInt(2)))
                .query(Long.class)
                .single();
    }

    /** What the release before this one writes: it knows no pos, neither in the row nor in the payload. */
    private void postAsReleaseBefore(UUID conversation) {
        jdbc.sql("""
                        with c as (
                            update conversations set last_seq = last_seq + 1, updated_at = clock_timestamp()
                            where id = :c returning id, last_seq, updated_at
                        ), p as (
                            select c.*, gen_random_uuid() as message, 'text-' || gen_random_uuid() as content,
                                   nextval('outbox_id_seq') as outbox_id
                            from c
                        ), o as (
                            insert into outbox (id, topic, event_key, payload, headers)
                            select outbox_id, 'messaging.message_created', id,
                                   jsonb_build_object('messageId', message, 'conversationId', id, 'message', message_json(
                                       message, id, 'u0', 'TEXT', content, null, last_seq, updated_at)), '{}'
                            from p
                        )
                        insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
                        select message, id, last_seq, 'u0', 'TEXT', content, updated_at, outbox_id from p
                        """).param("c", conversation).update();
    }

    /** Newer messages are changed more often than old ones. */
    private void onMessage(UUID conversation, String call) {
        double part = random.nextBoolean() ? 1 - random.nextDouble() * 0.02 : random.nextDouble();
        jdbc.sql("""
                        select id from messages
                        where conversation_id = :c and seq = greatest(1, (
                            select ceil(last_seq * :part) from conversations where id = :c))
                        """)
                .param("c", conversation)
                .param("part", part)
                .query(UUID.class)
                .optional()
                .ifPresent(message -> jdbc.sql(call + " from messages where id = :m")
                        .param("m", message)
                        .query(String.class)
                        .list());
    }

    private void member(UUID conversation, String user) {
        transactions.executeWithoutResult(transaction -> {
            lock(conversation);
            var role = jdbc.sql("select role from members where conversation_id = ? and user_id = ?")
                    .params(conversation, user)
                    .query(String.class)
                    .optional()
                    .orElse("none");
            boolean promotes = role.equals("member") && random.nextBoolean();
            String change =
                    role.equals("none") ? LogStatements.ADD : promotes ? LogStatements.PROMOTE : LogStatements.REMOVE;
            jdbc.sql(change)
                    .param("c", conversation)
                    .param("user", user)
                    .param("after", role.equals("none") ? "member" : promotes ? "owner" : null)
                    .update();
        });
    }

    private void title(UUID conversation) {
        transactions.executeWithoutResult(transaction -> {
            lock(conversation);
            var pos = jdbc.sql(
                            "select log_event(id, 'messaging.conversation_changed', null, version) from conversations where id = ?")
                    .param(conversation)
                    .query(Long.class)
                    .single();
            jdbc.sql(LogStatements.TITLE)
                    .param("c", conversation)
                    .param("pos", pos)
                    .update();
        });
    }

    private void lock(UUID conversation) {
        jdbc.sql("update conversations set last_seq = last_seq where id = ?")
                .param(conversation)
                .update();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
