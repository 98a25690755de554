-- Appends the posts that wait in one process as one statement and one commit: message and outbox row of each, with seq,
-- outbox ids and times that rise in the order of the posts.
--
-- Two statements, so that the second one sees what was committed before the first one got its locks: a post that waited
-- for a removal meets the removal. Conversations are locked in the order of their ids, and keys are written in the order
-- of sender and key, so that two groups cannot wait for each other. A conversation that somebody else has locked is left
-- out, unless awaits_locks says otherwise; then lock_timeout bounds the wait.
--
-- Each post gets its own outcome:
--   stored   seq and time say where
--   locked   nothing was written, because another transaction has the conversation's row
--   refused  nothing was written: the sender is no member, the parent is no message of the conversation, or the sender
--            has used the key before
--
-- The settings keep its plans independent of the sizes that the tables had when the plans were made.
create function append_messages(
    message_ids uuid[], conversation_ids uuid[], sender_ids text[], types text[], contents text[], parent_ids uuid[],
    idempotency_keys text[], headers text[], awaits_locks boolean
) returns table (place int, outcome text, seq bigint, created_at timestamptz)
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set lock_timeout = '1s'
as $$
#variable_conflict use_column
declare
    wanted uuid[];
    locked uuid[];
begin
    -- Strangers and repeats take no lock.
    wanted := array(
        select distinct p.conversation_id
        from unnest(conversation_ids, sender_ids, parent_ids, idempotency_keys)
             as p (conversation_id, sender_id, parent_id, idempotency_key)
        where exists (select from members m where m.conversation_id = p.conversation_id and m.user_id = p.sender_id)
          and (p.parent_id is null
               or exists (select from messages a where a.id = p.parent_id and a.conversation_id = p.conversation_id))
          and (p.idempotency_key is null
               or not exists (select from messages e
                              where e.sender_id = p.sender_id and e.idempotency_key = p.idempotency_key)));
    if awaits_locks then
        locked := array(select c.id from conversations c where c.id = any (wanted) order by c.id for no key update);
    else
        locked := array(
            select c.id from conversations c where c.id = any (wanted) order by c.id for no key update skip locked);
    end if;

    return query
    with post as (
        select p.place::int as place, p.message_id, p.conversation_id, p.sender_id, p.type, p.content, p.parent_id,
               p.idempotency_key, p.headers,
               row_number() over (partition by p.conversation_id order by p.place) as number
        from unnest(message_ids, conversation_ids, sender_ids, types, contents, parent_ids, idempotency_keys, headers)
             with ordinality
             as p (message_id, conversation_id, sender_id, type, content, parent_id, idempotency_key, headers, place)
        where p.conversation_id = any (locked)
          and exists (select from members m where m.conversation_id = p.conversation_id and m.user_id = p.sender_id)
          and (p.parent_id is null
               or exists (select from messages a where a.id = p.parent_id and a.conversation_id = p.conversation_id))
          and (p.idempotency_key is null
               or not exists (select from messages e
                              where e.sender_id = p.sender_id and e.idempotency_key = p.idempotency_key))
    ), conversation as (
        update conversations c
        set last_seq = c.last_seq + g.posts, updated_at = clock_timestamp()
        from (select p.conversation_id, max(p.number) as posts from post p group by p.conversation_id) g
        where c.id = g.conversation_id
        returning c.id, c.last_seq - g.posts as seq_before, c.updated_at
    ), numbered as materialized (
        select p.*, c.seq_before + p.number as seq, c.updated_at as created_at,
               nextval('outbox_id_seq') as outbox_id
        from (select * from post order by place) p join conversation c on c.id = p.conversation_id
    ), event as (
        insert into outbox (id, topic, event_key, payload, headers)
        select n.outbox_id, 'messaging.message_created', n.conversation_id,
               jsonb_build_object(
                   'messageId', n.message_id,
                   'conversationId', n.conversation_id,
                   'message', message_json(n.message_id, n.conversation_id, n.sender_id, n.type, n.content, n.parent_id,
                                           n.seq, n.created_at)),
               n.headers::jsonb
        from numbered n
    ), message as (
        insert into messages (id, conversation_id, seq, sender_id, type, content, parent_id, created_at, outbox_id,
                              idempotency_key)
        select n.message_id, n.conversation_id, n.seq, n.sender_id, n.type, n.content, n.parent_id, n.created_at,
               n.outbox_id, n.idempotency_key
        from numbered n
        order by n.sender_id, n.idempotency_key
    )
    select n.place, 'stored', n.seq, n.created_at from numbered n
    union all
    select p.place::int, 'locked', null, null
    from unnest(conversation_ids) with ordinality as p (conversation_id, place)
    where p.conversation_id = any (wanted) and p.conversation_id <> all (locked);
end
$$;

revoke all on function append_messages(uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], boolean) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        grant execute on function
            append_messages(uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], boolean) to walcast_app;
    end if;
end
$$;
