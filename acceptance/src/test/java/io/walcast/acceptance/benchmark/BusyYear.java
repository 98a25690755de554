package io.walcast.acceptance.benchmark;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A year of a busy conversation, written by SQL as the application would have left it: a tenth of the messages edited, a
 * twentieth deleted, a reaction to every second message that was not. Each of these came a few messages after its own.
 *
 * @param lastPos pos of the newest event
 * @param events all events: nothing in it is superseded
 * @param posOfYesterday pos of the newest message that is a day old
 */
record BusyYear(UUID conversation, int messages, long lastPos, long events, long posOfYesterday) {

    private static final int DAYS = 365;

    private static final String OPERATIONS = """
            create temporary table operation as
            select row_number() over (order by at, kind) + :members as pos, seq, kind,
                   count(*) filter (where kind > 0) over (order by at, kind) + :members as number
            from (
                select n as seq, 0 as kind, n * 10 as at from generate_series(1, :messages) n
                union all
                select n, 1, (n + 3) * 10 + 1 from generate_series(10, :messages, 10) n
                union all
                select n, 2, (n + 4) * 10 + 2 from generate_series(7, :messages, 20) n
                union all
                select n, 3, (n + 2) * 10 + 3 from generate_series(1, :messages, 2) n where n % 20 <> 7
            ) o
            """;

    private static final String MESSAGES = """
            insert into messages (id, conversation_id, seq, pos, sender_id, type, content, created_at, outbox_id,
                                  version, edited_at, deleted_at)
            select md5('m' || c.seq)::uuid, :conversation, c.seq, c.pos, 'poster-0', 'TEXT',
                   case when d.pos is null then rpad('message ' || c.seq, 100, '.') end,
                   now() - (:messages - c.seq) * interval '365 days' / :messages, 0,
                   coalesce(e.pos, d.pos), case when e.pos is not null then now() end,
                   case when d.pos is not null then now() end
            from operation c
            left join operation e on e.seq = c.seq and e.kind = 1
            left join operation d on d.seq = c.seq and d.kind = 2
            where c.kind = 0
            """;

    private static final String EVENTS = """
            insert into conversation_events (conversation_id, pos, number, topic, subject)
            select :conversation, pos, number,
                   case kind when 1 then 'messaging.message_edited' when 2 then 'messaging.message_deleted'
                             else 'messaging.reactions_changed' end, md5('m' || seq)::uuid
            from operation where kind > 0
            """;

    private static final String REACTIONS = """
            with reaction as (
                insert into reactions (message_id, emoji, user_id)
                select md5('m' || seq)::uuid, '+1', 'listener' from operation where kind = 3
            )
            insert into reaction_states (message_id, version, kinds)
            select md5('m' || seq)::uuid, pos, '[{"emoji": "+1", "count": 1, "users": ["listener"]}]'
            from operation where kind = 3
            """;

    /** Writes it into a conversation of which only the members are known. */
    static BusyYear write(JdbcClient sql, UUID conversation, int messages) {
        long members = sql.sql("select events from conversations where id = ?")
                .param(conversation)
                .query(Long.class)
                .single();
        sql.sql(OPERATIONS)
                .param("members", members)
                .param("messages", messages)
                .update();
        sql.sql("create index on operation (seq, kind)").update();
        sql.sql("analyze operation").update();
        for (var statement : new String[] {MESSAGES, EVENTS}) {
            sql.sql(statement)
                    .param("conversation", conversation)
                    .param("messages", messages)
                    .update();
        }
        sql.sql(REACTIONS).update();
        sql.sql("""
                        update conversations set last_seq = :messages, updated_at = now(),
                            events = (select max(number) from operation)
                        where id = :conversation
                        """)
                .param("conversation", conversation)
                .param("messages", messages)
                .update();
        sql.sql("vacuum analyze messages, conversation_events, reactions, reaction_states")
                .update();
        long lastPos = one(sql, "select max(pos) from operation");
        long yesterday = one(
                sql, "select pos from operation where kind = 0 and seq = " + (messages - Math.max(1, messages / DAYS)));
        return new BusyYear(conversation, messages, lastPos, lastPos, yesterday);
    }

    private static long one(JdbcClient sql, String question) {
        return sql.sql(question).query(Long.class).single();
    }
}
