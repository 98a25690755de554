package io.walcast.acceptance.log;

/** The application's changes of members and titles, each with its outbox row. */
final class LogStatements {

    private static final String EVENT = """
            insert into outbox (topic, event_key, payload, headers)
            select '%s', :c, jsonb_strip_nulls(jsonb_build_object(
                'conversationId', :c, 'userId', user_id, 'from', version - 1, 'pos', version, 'version', version,
                'role', :after::text)), '{}'
            from changed
            """;

    static final String ADD = """
            with former as (
                delete from former_members where conversation_id = :c and user_id = :user returning version
            ), event as (
                select log_event(:c, 'messaging.member_added', :user, coalesce((select version from former), 0)) as pos
            ), changed as (
                insert into members (conversation_id, user_id, version, read_seq, changed_in)
                select c.id, :user, event.pos, c.last_seq, pg_current_xact_id()
                from event, conversations c where c.id = :c
                returning user_id, version
            )
            """ + EVENT.formatted("messaging.member_added");

    static final String REMOVE = """
            with gone as (
                delete from members where conversation_id = :c and user_id = :user returning version
            ), event as (
                select log_event(:c, 'messaging.member_removed', :user, gone.version) as pos from gone
            ), changed as (
                insert into former_members (conversation_id, user_id, version, changed_in)
                select :c, :user, event.pos, pg_current_xact_id() from event
                on conflict (conversation_id, user_id) do update
                    set version = excluded.version, changed_in = excluded.changed_in
                returning user_id, version
            )
            """ + EVENT.formatted("messaging.member_removed");

    static final String PROMOTE = """
            with event as (
                select user_id, log_event(conversation_id, 'messaging.member_changed', user_id, version) as pos
                from members where conversation_id = :c and user_id = :user
            ), changed as (
                update members m set role = 'owner', version = event.pos, changed_in = pg_current_xact_id()
                from event where m.conversation_id = :c and m.user_id = event.user_id
                returning m.user_id, m.version
            )
            """ + EVENT.formatted("messaging.member_changed");

    static final String TITLE = """
            with changed as (
                update conversations set title = 'title ' || :pos, version = :pos, changed_in = pg_current_xact_id()
                where id = :c returning *
            )
            insert into outbox (topic, event_key, payload, headers)
            select 'messaging.conversation_changed', id, jsonb_build_object(
                'conversationId', id, 'from', version - 1, 'pos', version, 'version', version,
                'conversation', jsonb_build_object('id', id, 'title', title, 'version', version)), '{}'
            from changed
            """;

    private LogStatements() {}
}
