package io.walcast.relay;

import io.walcast.db.TestDatabase;
import java.sql.Types;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a producer does to the tables, and what can be seen in them. */
public final class Outbox {

    private static final String POST = """
            with conversation as (
                update conversations set last_seq = last_seq + 1 where id = :conversation::uuid
                returning id, last_seq, last_seq + events as pos
            ), event as (
                insert into outbox (topic, event_key, payload)
                select 'messaging.message_created', id, jsonb_build_object(
                    'messageId', :id, 'conversationId', id, 'from', pos - 1, 'pos', pos, 'message',
                    message_json(:id::uuid, id, 'ada', 'TEXT', 'hello', null, last_seq, now(), pos, null, null))
                from conversation
                returning id
            )
            insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id, pos)
            select :id::uuid, conversation.id, last_seq, 'ada', 'TEXT', 'hello', now(), event.id, pos
            from conversation, event
            """;

    /** As a release that knows no log posts. */
    private static final String POST_WITHOUT_POS = """
            with conversation as (
                update conversations set last_seq = last_seq + 1 where id = :conversation::uuid returning id, last_seq
            ), event as (
                insert into outbox (topic, event_key, payload)
                select 'messaging.message_created', id, jsonb_build_object(
                    'messageId', :id, 'conversationId', id, 'message',
                    message_json(:id::uuid, id, 'ada', 'TEXT', 'hello', null, last_seq, now()))
                from conversation
                returning id
            )
            insert into messages (id, conversation_id, seq, sender_id, type, content, created_at, outbox_id)
            select :id::uuid, conversation.id, last_seq, 'ada', 'TEXT', 'hello', now(), event.id
            from conversation, event
            """;

    private final JdbcClient jdbc;

    public Outbox(TestDatabase database) {
        this.jdbc = JdbcClient.create(database.dataSource());
    }

    public JdbcClient jdbc() {
        return jdbc;
    }

    /** A conversation whose members are ada and grace. */
    public UUID conversation() {
        UUID id = UUID.randomUUID();
        jdbc.sql("insert into conversations (id) values (?)").param(id).update();
        jdbc.sql("insert into members (conversation_id, user_id) values (?, 'ada'), (?, 'grace')")
                .params(id, id)
                .update();
        return id;
    }

    /** Appends an event of somebody's own to the log. @param payload null if the subject is gone */
    public void appendEvent(UUID conversation, String topic, String subject, @Nullable String payload) {
        jdbc.sql("select append_event(:conversation, :topic, :subject, :payload::jsonb)")
                .param("conversation", conversation)
                .param("topic", topic)
                .param("subject", subject)
                .param("payload", payload, Types.VARCHAR)
                .query(Long.class)
                .single();
    }

    public void post(UUID conversation, int messages) {
        for (int i = 0; i < messages; i++) {
            post(conversation, POST);
        }
    }

    public void postWithoutPos(UUID conversation, int messages) {
        for (int i = 0; i < messages; i++) {
            post(conversation, POST_WITHOUT_POS);
        }
    }

    /** Messages of 20 KB: a few fill a connection's queue. */
    public void postLong(UUID conversation, int messages) {
        String sql = POST.replace("'hello'", "repeat('x', 20000)");
        for (int i = 0; i < messages; i++) {
            post(conversation, sql);
        }
    }

    /** A message whose outbox row cannot be delivered. */
    public void postWithBrokenPayload(UUID conversation) {
        post(conversation, POST.replace("'message',", "'mess',"));
    }

    private void post(UUID conversation, String sql) {
        jdbc.sql(sql)
                .param("conversation", conversation.toString())
                .param("id", UUID.randomUUID().toString())
                .update();
    }

    /** Removes a member, with the event that says so. */
    public void remove(UUID conversation, String userId) {
        jdbc.sql("""
                with gone as (
                    delete from members where conversation_id = :conversation and user_id = :user returning version
                ), event as (
                    select log_event(:conversation, 'messaging.member_removed', :user, version) as pos from gone
                ), former as (
                    insert into former_members (conversation_id, user_id, version, changed_in)
                    select :conversation, :user, pos, pg_current_xact_id() from event
                )
                insert into outbox (topic, event_key, payload)
                select 'messaging.member_removed', :conversation::text,
                       jsonb_build_object('conversationId', :conversation, 'userId', :user, 'from', pos - 1, 'pos', pos,
                                          'version', pos)
                from event
                """).param("conversation", conversation).param("user", userId).update();
    }

    public void edit(UUID message, String content) {
        jdbc.sql("select edit_message(?, 'ada', ?, null, null)")
                .params(message, content)
                .query(String.class)
                .single();
    }

    public void deleteMessage(UUID message) {
        jdbc.sql("select delete_message(?, 'ada', null)")
                .param(message)
                .query(String.class)
                .single();
    }

    public void react(UUID message, String userId, String emoji) {
        jdbc.sql("select set_reaction(?, ?, ?, true, null)")
                .params(message, userId, emoji)
                .query(String.class)
                .single();
    }

    /** Notes how far a member has read, with the row that says so. */
    public void read(UUID conversation, String userId, long seq) {
        jdbc.sql("""
                with marked as (
                    update members set read_seq = :seq where conversation_id = :conversation and user_id = :user
                )
                insert into outbox (topic, event_key, payload)
                values ('messaging.conversation_read', :conversation::text,
                        jsonb_build_object('conversationId', :conversation, 'userId', :user, 'seq', :seq))
                """)
                .param("conversation", conversation)
                .param("user", userId)
                .param("seq", seq)
                .update();
    }

    /** The message with this seq. */
    public UUID message(UUID conversation, long seq) {
        return jdbc.sql("select id from messages where conversation_id = ? and seq = ?")
                .params(conversation, seq)
                .query(UUID.class)
                .single();
    }

    /** Removes a message as nothing of Walcast does: by SQL. */
    public void delete(UUID conversation, long seq) {
        jdbc.sql("delete from messages where conversation_id = ? and seq = ?")
                .params(conversation, seq)
                .update();
    }

    /** Appends a row as any producer might, and returns its id. */
    public long append(String topic, String eventKey, String payload) {
        return jdbc.sql("insert into outbox (topic, event_key, payload) values (?, ?, ?::jsonb) returning id")
                .params(topic, eventKey, payload)
                .query(Long.class)
                .single();
    }

    public long unpublished() {
        return jdbc.sql("select count(*) from outbox where published_at is null")
                .query(Long.class)
                .single();
    }

    public List<Integer> attempts() {
        return jdbc.sql("select distinct attempts from outbox")
                .query(Integer.class)
                .list();
    }

    /** The end of the WAL, in bytes from its beginning. */
    public long walPosition() {
        return jdbc.sql("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
                .query(Long.class)
                .single();
    }

    /** Up to where the slot is acknowledged, in bytes from the beginning of the WAL. */
    public long confirmedPosition(String slot) {
        return jdbc.sql("""
                        select pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint
                        from pg_replication_slots where slot_name = ?
                        """).param(slot).query(Long.class).single();
    }
}
