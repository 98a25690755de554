package io.walcast.relay.feed;

import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a producer does that knows the log: with the functions of the schema, each call a transaction of its own. */
final class FeedWriter {

    private final JdbcClient jdbc;

    FeedWriter(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A conversation that the first of the users created. */
    UUID conversation(String title, String... users) {
        UUID id = UUID.randomUUID();
        jdbc.sql("select create_conversation(?, ?, ?, ?, '{}')")
                .params(id, title, users[0], users)
                .query((row, number) -> 0)
                .list();
        return id;
    }

    UUID post(UUID conversation, String sender, String content) {
        return post(conversation, sender, content, 1)[0];
    }

    UUID[] post(UUID conversation, String sender, String content, int messages) {
        UUID[] ids =
                IntStream.range(0, messages).mapToObj(i -> UUID.randomUUID()).toArray(UUID[]::new);
        jdbc.sql("""
                        select * from append_messages(
                            :ids, array_fill(cast(:conversation as uuid), array[:count]),
                            array_fill(cast(:sender as text), array[:count]),
                            array_fill(text 'TEXT', array[:count]), array_fill(cast(:content as text), array[:count]),
                            array_fill(null::uuid, array[:count]), array_fill(null::text, array[:count]),
                            array_fill(text '{}', array[:count]), true)
                        """)
                .param("ids", ids)
                .param("conversation", conversation)
                .param("sender", sender)
                .param("content", content)
                .param("count", messages)
                .query((row, number) -> row.getString("outcome"))
                .list();
        return ids;
    }

    void edit(UUID message, String editor, String content) {
        jdbc.sql("select edit_message(?, ?, ?, null, '{}')")
                .params(message, editor, content)
                .query(String.class)
                .single();
    }

    void add(UUID conversation, String user) {
        jdbc.sql("""
                        with place as materialized (
                            select log_event(:conversation, 'messaging.member_added', :user, 0) as pos
                        ), former as (
                            delete from former_members where conversation_id = :conversation and user_id = :user
                        ), member as (
                            insert into members (conversation_id, user_id, version, read_seq, changed_in)
                            select :conversation, :user, pos, 0, pg_current_xact_id() from place
                        )
                        insert into outbox (topic, event_key, payload)
                        select 'messaging.member_added', :conversation::text, jsonb_build_object(
                            'conversationId', :conversation, 'userId', :user, 'from', pos - 1, 'pos', pos,
                            'version', pos, 'role', 'member')
                        from place
                        """).param("conversation", conversation).param("user", user).update();
    }

    void remove(UUID conversation, String user) {
        jdbc.sql("""
                        with place as materialized (
                            select log_event(:conversation, 'messaging.member_removed', :user, 0) as pos
                        ), member as (
                            delete from members where conversation_id = :conversation and user_id = :user
                        ), former as (
                            insert into former_members (conversation_id, user_id, version, changed_in)
                            select :conversation, :user, pos, pg_current_xact_id() from place
                        )
                        insert into outbox (topic, event_key, payload)
                        select 'messaging.member_removed', :conversation::text, jsonb_build_object(
                            'conversationId', :conversation, 'userId', :user, 'from', pos - 1, 'pos', pos,
                            'version', pos)
                        from place
                        """).param("conversation", conversation).param("user", user).update();
    }
}
