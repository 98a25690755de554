-- The conversation as one ordered log. seq counts messages; pos counts every logged event, messages included, without
-- gaps, under the same lock of the conversation's row. The log keeps which subject each event is about, and never what it
-- said: a reader gets the present state of the subject.
--
-- Posts write what they wrote before: last_pos is last_seq + events.

alter table conversations
    add column events bigint not null default 0,
    add column version bigint not null default 0,
    add column changed_in xid8;

comment on column conversations.events is 'logged events other than messages; last_seq + events is pos of the newest event';
comment on column conversations.version is 'pos of the event that last changed the title; 0 if none did';
comment on column conversations.changed_in is 'the transaction of the newest event; null if that is older than this column';

alter table messages
    add column pos bigint,
    add column version bigint,
    add column edited_at timestamptz,
    add column deleted_at timestamptz,
    add column edit_outbox_id bigint,
    add column posted_digest bytea;

comment on column messages.pos is 'place in the log; null in rows that are older than the log, where it equals seq';
comment on column messages.version is 'pos of the newest edit, or of the deletion; null if there was neither';
comment on column messages.edit_outbox_id is 'the outbox row that carries the newest edit; null if there was none';
comment on column messages.posted_digest is
    'SHA-256 of the content that was posted, once an edit has replaced it: a repeat of the post is still known as one';

-- A release that knows no log writes no pos, also while this one runs beside it.
create function message_pos() returns trigger
    language plpgsql
    set search_path = public, pg_temp
as $$
begin
    new.pos := new.seq + (select events from conversations where id = new.conversation_id);
    return new;
end
$$;

create trigger message_pos before insert on messages
    for each row when (new.pos is null) execute function message_pos();

alter table members
    add column version bigint not null default 0,
    add column read_seq bigint not null default 0,
    add column changed_in xid8,
    set (fillfactor = 70); -- a read marker updates the row: leave room for HOT updates

comment on column members.version is 'pos of the event that last changed this membership; 0 if it is older than the log';
comment on column members.read_seq is 'seq of the newest message that the user has read';
comment on column members.changed_in is 'the transaction that last changed this row; null if that is older than this column';

-- Memberships that ended, until they begin again.
create table former_members (
    conversation_id uuid   not null references conversations on delete cascade,
    user_id         text   not null,
    version         bigint not null,
    changed_in      xid8   not null,
    primary key (conversation_id, user_id)
);

create index former_members_user on former_members (user_id, conversation_id);

comment on column former_members.version is 'pos of the event that ended the membership';

-- Who reacted with what.
create table reactions (
    message_id uuid not null references messages on delete cascade,
    emoji      text not null check (octet_length(emoji) <= 34),
    user_id    text not null,
    primary key (message_id, emoji, user_id)
);

-- The reactions of one message as clients get them: counts are kept, and not counted.
create table reaction_states (
    message_id uuid   primary key references messages on delete cascade,
    version    bigint not null,
    kinds      jsonb  not null
) with (fillfactor = 60);

comment on column reaction_states.version is 'pos of the newest event about the reactions of this message';
comment on column reaction_states.kinds is '[{"emoji", "count", "users"}], in the order of their first appearance; at most 5 users each';

-- The logged events that are no messages. A superseded event has no topic: its row keeps the place in the log. Of
-- superseded events that follow one another without a message between them, and of the event that follows them, only the
-- last row is kept.
create table conversation_events (
    conversation_id uuid   not null references conversations on delete cascade,
    pos             bigint not null,
    number          bigint not null,
    topic           text,
    subject         text,
    primary key (conversation_id, pos)
);

comment on column conversation_events.number is 'how many such events there are up to this one: pos - number messages are before it';
comment on column conversation_events.topic is 'topic of its outbox row; null once a later event about the same subject superseded it';
comment on column conversation_events.subject is 'id of the message, or of the user, or the subject of an own event; the conversation itself if null';

-- The present state of the subjects of events that are no chat's: see append_event.
create table own_states (
    conversation_id uuid   not null references conversations on delete cascade,
    topic           text   not null,
    subject         text   not null,
    version         bigint not null,
    payload         jsonb,
    outbox_id       bigint not null,
    primary key (conversation_id, topic, subject)
);

comment on column own_states.version is 'pos of the newest event about this subject';
comment on column own_states.payload is 'null once the subject is gone';
comment on column own_states.outbox_id is 'the outbox row that carries the payload';

-- Creates a conversation. Its creator owns it. Each member is an event of the log; one outbox row tells of all of them.
create function create_conversation(conversation uuid, new_title text, creator text, users text[], headers jsonb)
    returns void
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
as $$
begin
    insert into conversations (id, title, events, changed_in)
    values (conversation, new_title, cardinality(users), pg_current_xact_id());

    insert into members (conversation_id, user_id, role, version, changed_in)
    select conversation, u.name, case u.name when creator then 'owner' else 'member' end, u.place, pg_current_xact_id()
    from unnest(users) with ordinality u (name, place);

    insert into conversation_events (conversation_id, pos, number, topic, subject)
    select conversation, u.place, u.place, 'messaging.member_added', u.name
    from unnest(users) with ordinality u (name, place);

    insert into outbox (topic, event_key, payload, headers)
    select 'messaging.conversation_created', conversation,
           jsonb_build_object(
               'conversationId', conversation, 'from', 0, 'pos', cardinality(users), 'title', new_title,
               'members', jsonb_agg(jsonb_build_object('userId', m.user_id, 'role', m.role, 'version', m.version)
                                    order by m.version)),
           coalesce(create_conversation.headers, '{}')
    from members m where m.conversation_id = conversation;
end
$$;

-- Takes the next place in the log. The caller holds the lock of the conversation's row.
--
-- superseded  pos of the event that this one supersedes: the one before it about the same subject; 0 if there is none
create function log_event(conversation uuid, topic text, subject text, superseded bigint) returns bigint
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    place bigint;
    count bigint;
begin
    update conversations c
    set events = c.events + 1, changed_in = pg_current_xact_id()
    where c.id = log_event.conversation
    returning c.last_seq + c.events, c.events into place, count;

    insert into conversation_events (conversation_id, pos, number, topic, subject)
    values (log_event.conversation, place, count, log_event.topic, log_event.subject);

    perform supersede_event(log_event.conversation, log_event.superseded, log_event.topic, log_event.subject);
    return place;
end
$$;

-- A later event of this kind about the same subject was logged, or the subject is gone. Nothing happens if the event at that
-- place is about something else.
create function supersede_event(conversation uuid, place bigint, topic text, subject text) returns void
    language plpgsql volatile
    set search_path = public, pg_temp
as $$
declare
    own_number bigint;
    next_pos bigint;
    next_number bigint;
begin
    select e.number into own_number
    from conversation_events e
    where e.conversation_id = conversation and e.pos = place
      and split_part(e.topic, '_', 1) = split_part(supersede_event.topic, '_', 1)
      and e.subject is not distinct from supersede_event.subject;
    if not found then
        return;
    end if;
    select e.pos, e.number into next_pos, next_number
    from conversation_events e where e.conversation_id = conversation and e.pos > place order by e.pos limit 1;
    if next_pos - place = next_number - own_number then
        delete from conversation_events e where e.conversation_id = conversation and e.pos = place;
    else
        update conversation_events e set topic = null, subject = null
        where e.conversation_id = conversation and e.pos = place;
    end if;
end
$$;

-- A message as every client sees it: the same JSON in an outbox payload, in a replay from the table and in a page. The
-- function of version 1 without version, edit and deletion stays for the release before this one.
create function message_json(
    id uuid, conversation_id uuid, sender_id text, type text, content text, parent_id uuid, seq bigint,
    created_at timestamptz, version bigint, edited_at timestamptz, deleted_at timestamptz
) returns jsonb
    language sql stable parallel safe
as $$
    select jsonb_build_object(
               'id', id,
               'conversationId', conversation_id,
               'senderId', sender_id,
               'type', type,
               'content', content,
               'parentId', parent_id,
               'seq', seq,
               'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'version', version)
           || case when edited_at is null and deleted_at is null then '{}' else jsonb_strip_nulls(jsonb_build_object(
               'editedAt', to_char(edited_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'deletedAt', to_char(deleted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))) end
$$;

-- The log after a place, as clients get it: each event carries the present state of its subject, and superseded events are
-- left out. A reader applies it in the snapshot in which it has checked the membership.
--
-- after_seq   of messages only those with a higher seq are returned; other events come in any case
-- most        events at most, and about most_bytes of content, but at least one event
--
-- topic and data are null in a row that only says that there is nothing up to pos.
create function log_page(conversation uuid, after_pos bigint, after_seq bigint, most int, most_bytes bigint)
    returns table (pos bigint, seq bigint, topic text, data jsonb)
    language plpgsql stable
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
as $$
#variable_conflict use_column
declare
    newest_seq bigint;
    newest_pos bigint;
    seq_before bigint;
    number_before bigint;
begin
    select c.last_seq, c.last_seq + c.events into newest_seq, newest_pos
    from conversations c where c.id = conversation;

    -- How many messages there are up to after_pos, which may lie among superseded events whose rows are gone: between two
    -- rows of events come first the messages, then those events.
    select e.number into number_before from conversation_events e
    where e.conversation_id = conversation and e.pos <= after_pos order by e.pos desc limit 1;
    number_before := coalesce(number_before, 0);
    select least(after_pos - number_before,
                 coalesce((select e.pos - e.number from conversation_events e
                           where e.conversation_id = conversation and e.pos > after_pos order by e.pos limit 1),
                          newest_seq)) into seq_before;
    -- The message that is found has to agree. One that is gone has nothing to say: it counts.
    if (select coalesce(m.pos, m.seq) > after_pos from messages m
        where m.conversation_id = conversation and m.seq <= seq_before order by m.seq desc limit 1) then
        select m.seq into seq_before from messages m
        where m.conversation_id = conversation and m.seq <= seq_before and coalesce(m.pos, m.seq) <= after_pos
        order by m.seq desc limit 1;
        seq_before := coalesce(seq_before, 0);
    end if;

    return query
    with event as (
        select e.pos, e.number, e.topic, e.subject
        from conversation_events e
        where e.conversation_id = conversation and e.pos > after_pos and e.pos <= newest_pos
        order by e.pos limit most
    ), present as (
        select m.seq, m.id, m.sender_id, m.type, m.content, m.parent_id, m.created_at, m.version, m.edited_at, m.deleted_at,
               coalesce(m.pos, m.seq) as pos
        from messages m
        where m.conversation_id = conversation and m.seq > seq_before and m.seq <= least(seq_before + most, newest_seq)
        order by m.seq
    ), message as (
        select * from present
        union all
        -- Numbers whose messages are gone.
        select n.seq, null, null, null, null, null, null, null, null, null,
               n.seq + coalesce((select max(e.number) from event e where e.pos - e.number < n.seq), number_before)
        from generate_series(seq_before + 1, least(seq_before + most, newest_seq)) n (seq)
        where (select count(*) from present) < least(most, newest_seq - seq_before)
          and not exists (select from present p where p.seq = n.seq)
    ), scanned as (
        -- Both lists are complete up to here.
        select least(
            case when (select count(*) from event) < most then newest_pos else (select max(e.pos) from event e) end,
            case when seq_before + most >= newest_seq then newest_pos else (select max(m.pos) from message m) end) as pos
    ), item as (
        select m.pos, m.seq, 'messaging.message_created' as topic, m.id as message_id, null as subject,
               m.sender_id, m.type, m.content, m.parent_id, m.created_at, m.version, m.edited_at, m.deleted_at
        from message m
        where m.pos > after_pos and m.seq > after_seq
        union all
        select e.pos, null, e.topic,
               case when e.topic like 'messaging.message!_%' escape '!' or e.topic = 'messaging.reactions_changed'
                    then e.subject::uuid end,
               e.subject, null, null, null, null, null, null, null, null
        from event e
        where e.topic is not null
    ), earliest as (
        select i.*, coalesce(lag(i.pos) over (order by i.pos), after_pos) as previous
        from item i
        where i.pos <= (select s.pos from scanned s)
        order by i.pos limit most
    ), measured as (
        select e.*, row_number() over (order by e.pos) as place,
               sum(256 + coalesce(
                   case when e.topic = 'messaging.message_created' then
                       octet_length(e.content)
                   when e.topic = 'messaging.reactions_changed' then
                       (select octet_length(s.kinds::text) from reaction_states s where s.message_id = e.message_id)
                   when e.message_id is not null then
                       (select octet_length(m.content) from messages m where m.id = e.message_id)
                   when e.topic not like 'messaging.%' then
                       (select octet_length(s.payload::text) from own_states s
                        where s.conversation_id = conversation and s.topic = e.topic and s.subject = e.subject)
                   end, 0)) over (order by e.pos) as bytes_up_to
        from earliest e
    ), page as (
        select * from measured where place = 1 or bytes_up_to <= most_bytes
    )
    select p.pos, p.seq, case when d.data is not null then p.topic end,
           jsonb_build_object('conversationId', conversation, 'from', p.previous, 'pos', p.pos) || d.data
    from page p
    cross join lateral (
        select case
            when p.topic = 'messaging.message_created' and p.message_id is null then
                jsonb_build_object(
                    'messageId', md5(conversation || ':' || p.seq)::uuid,
                    'message', message_json(md5(conversation || ':' || p.seq)::uuid, conversation, null, 'SYSTEM', null, null,
                                            p.seq, now(), p.pos, null, now()))
            when p.topic = 'messaging.message_created' then
                jsonb_build_object('messageId', p.message_id, 'message', message_json(
                    p.message_id, conversation, p.sender_id, p.type, p.content, p.parent_id, p.seq, p.created_at,
                    coalesce(p.version, p.pos), p.edited_at, p.deleted_at))
            when p.topic in ('messaging.message_edited', 'messaging.message_deleted') then (
                select jsonb_build_object('messageId', m.id, 'message', message_json(
                    m.id, conversation, m.sender_id, m.type, m.content, m.parent_id, m.seq, m.created_at,
                    coalesce(m.version, m.pos, m.seq), m.edited_at, m.deleted_at))
                from messages m where m.id = p.message_id)
            when p.topic = 'messaging.reactions_changed' then (
                select jsonb_build_object('messageId', s.message_id, 'version', s.version, 'reactions', s.kinds)
                from reaction_states s where s.message_id = p.message_id)
            when p.topic like 'messaging.member!_%' escape '!' then coalesce(
                (select jsonb_build_object('userId', m.user_id, 'role', m.role, 'version', m.version)
                 from members m where m.conversation_id = conversation and m.user_id = p.subject),
                (select jsonb_build_object('userId', m.user_id, 'version', m.version)
                 from former_members m where m.conversation_id = conversation and m.user_id = p.subject))
            when p.topic = 'messaging.conversation_changed' then (
                select jsonb_build_object('version', c.version, 'conversation', jsonb_build_object(
                    'id', c.id, 'title', c.title, 'version', c.version))
                from conversations c where c.id = conversation)
            when p.topic not like 'messaging.%' then (
                select jsonb_build_object('subject', s.subject, 'version', s.version, 'payload', s.payload)
                from own_states s
                where s.conversation_id = conversation and s.topic = p.topic and s.subject = p.subject)
        end as data
        offset 0 -- built once for each event, and not wherever it is named
    ) d
    union all
    -- So much was left out that nothing may be left to say.
    select s.pos, null, null, null from scanned s
    where s.pos > after_pos and not exists (select from page)
    order by 1;
end
$$;

comment on function log_page(uuid, bigint, bigint, int, bigint) is
    'events after a place in the log, with the present state of their subjects; the caller checks who may see them';

-- Takes the content out of the outbox rows that carry it, published, parked or not. What delivers such a row
-- reads the table in its place.
create function scrub_outbox(ids bigint[]) returns void
    language sql volatile
    set search_path = public, pg_temp
    set enable_seqscan = off
as $$
    update outbox o
    set payload = (o.payload - 'message' - 'payload') || '{"scrubbed": true}'
    from (select id from outbox where id = any (ids) order by id for no key update) carrier
    where o.id = carrier.id and o.payload ?| '{message,payload}'
$$;

-- Appends the event that a change of a message is, and returns the message as it is now. The caller holds the lock of the
-- conversation's row.
create function append_message_event(changed uuid, topic text, headers jsonb) returns bigint
    language plpgsql volatile
    set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    event_id bigint;
begin
    insert into outbox (topic, event_key, payload, headers)
    select append_message_event.topic, m.conversation_id,
           jsonb_build_object(
               'messageId', m.id,
               'conversationId', m.conversation_id,
               'from', m.version - 1,
               'pos', m.version,
               'message', message_json(m.id, m.conversation_id, m.sender_id, m.type, m.content, m.parent_id, m.seq,
                                       m.created_at, m.version, m.edited_at, m.deleted_at)),
           coalesce(append_message_event.headers, '{}')
    from messages m
    where m.id = changed
    returning id into event_id;
    return event_id;
end
$$;

-- Locks a message and its conversation for a member, and returns the message as it is then; null if there is no such
-- message, or the user is no member of its conversation. Strangers take no lock.
create function lock_message(message uuid, member text) returns messages
    language plpgsql volatile
    set search_path = public, pg_temp
as $$
declare
    m messages;
begin
    select e.* into m from messages e where e.id = message;
    if not found or not is_member(m.conversation_id, member) then
        return null;
    end if;
    perform from conversations c where c.id = m.conversation_id for no key update;
    -- Again, as both are under the lock.
    select e.* into m from messages e where e.id = message for no key update;
    return case when is_member(m.conversation_id, member) then m end;
end
$$;

-- Replaces the content of a message.
--
-- expected  the version that the caller has seen; null for any
--
-- outcome: edited, unchanged (it has this content already), not_found (no such message, or the user is no member),
-- not_the_sender, deleted, changed (its version is not the expected one), content_required
create function edit_message(message uuid, editor text, new_content text, expected bigint, headers jsonb) returns text
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set lock_timeout = '2s'
as $$
declare
    m messages;
    place bigint;
begin
    m := lock_message(message, editor);
    if m.id is null then
        return 'not_found';
    elsif m.sender_id is distinct from editor then
        return 'not_the_sender';
    elsif m.deleted_at is not null then
        return 'deleted';
    elsif m.content is not distinct from new_content then
        return 'unchanged';
    elsif expected <> coalesce(m.version, m.pos, m.seq) then
        return 'changed';
    elsif m.type = 'TEXT' and coalesce(new_content, '') = '' then
        return 'content_required';
    end if;

    place := log_event(m.conversation_id, 'messaging.message_edited', message::text, coalesce(m.version, 0));
    update messages e
    set content = new_content, edited_at = clock_timestamp(), version = place,
        posted_digest = case when e.idempotency_key is null then null
                             else coalesce(e.posted_digest, sha256(convert_to(coalesce(e.content, ''), 'UTF8'))) end
    where e.id = message;
    perform scrub_outbox(array[m.outbox_id, m.edit_outbox_id]);
    update messages e
    set edit_outbox_id = append_message_event(message, 'messaging.message_edited', headers)
    where e.id = message;
    return 'edited';
end
$$;

-- Takes the content and the reactions of a message away; its numbers stay used. The caller holds the lock of the
-- conversation's row.
create function remove_content(m messages, headers jsonb) returns void
    language plpgsql volatile
    set search_path = public, pg_temp
as $$
declare
    place bigint;
    reaction_version bigint;
begin
    place := log_event(m.conversation_id, 'messaging.message_deleted', m.id::text, coalesce(m.version, 0));
    delete from reaction_states s where s.message_id = m.id returning s.version into reaction_version;
    if reaction_version is not null then
        perform supersede_event(m.conversation_id, reaction_version, 'messaging.reactions_changed', m.id::text);
        delete from reactions r where r.message_id = m.id;
    end if;
    update messages e
    set content = null, deleted_at = clock_timestamp(), version = place, posted_digest = null, edit_outbox_id = null
    where e.id = m.id;
    perform scrub_outbox(array[m.outbox_id, m.edit_outbox_id]);
    perform append_message_event(m.id, 'messaging.message_deleted', headers);
end
$$;

-- outcome: deleted, unchanged (it is deleted already), not_found, not_an_owner (the user is neither its sender nor an
-- owner of the conversation)
create function delete_message(message uuid, deleter text, headers jsonb) returns text
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set lock_timeout = '2s'
as $$
declare
    m messages;
begin
    m := lock_message(message, deleter);
    if m.id is null then
        return 'not_found';
    elsif m.sender_id is distinct from deleter
          and not exists (select from members o
                          where o.conversation_id = m.conversation_id and o.user_id = deleter and o.role = 'owner') then
        return 'not_an_owner';
    elsif m.deleted_at is not null then
        return 'unchanged';
    end if;
    perform remove_content(m, headers);
    return 'deleted';
end
$$;

-- Adds a reaction of a user, or takes it back.
--
-- outcome: changed, unchanged, not_found, deleted, too_many (the message has 20 kinds of reactions already)
create function set_reaction(message uuid, reactor text, reaction text, present boolean, headers jsonb) returns text
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set lock_timeout = '2s'
as $$
declare
    most_kinds constant int := 20;
    most_users constant int := 5;
    m messages;
    state reaction_states;
    place bigint;
    index int;
    kind jsonb;
    names jsonb;
begin
    m := lock_message(message, reactor);
    if m.id is null then
        return 'not_found';
    elsif m.deleted_at is not null then
        return 'deleted';
    end if;

    select s.* into state from reaction_states s where s.message_id = message;
    state.kinds := coalesce(state.kinds, '[]');
    select k.number - 1, k.value into index, kind
    from jsonb_array_elements(state.kinds) with ordinality k (value, number)
    where k.value ->> 'emoji' = reaction;

    if present then
        if kind is null and jsonb_array_length(state.kinds) >= most_kinds then
            return 'too_many';
        end if;
        insert into reactions (message_id, emoji, user_id) values (message, reaction, reactor) on conflict do nothing;
        if not found then
            return 'unchanged';
        end if;
        kind := coalesce(kind, jsonb_build_object('emoji', reaction, 'count', 0, 'users', '[]'::jsonb));
        names := kind -> 'users';
        if jsonb_array_length(names) < most_users then
            names := names || to_jsonb(reactor);
        end if;
        kind := kind || jsonb_build_object('count', (kind ->> 'count')::bigint + 1, 'users', names);
    else
        delete from reactions r where r.message_id = message and r.emoji = reaction and r.user_id = reactor;
        if not found then
            return 'unchanged';
        end if;
        names := (kind -> 'users') - reactor;
        if jsonb_array_length(names) < most_users then
            names := coalesce(
                (select names || to_jsonb(r.user_id) from reactions r
                 where r.message_id = message and r.emoji = reaction and not names ? r.user_id
                 order by r.user_id limit 1),
                names);
        end if;
        kind := kind || jsonb_build_object('count', (kind ->> 'count')::bigint - 1, 'users', names);
    end if;

    if (kind ->> 'count')::bigint = 0 then
        state.kinds := state.kinds - index;
    elsif index is null then
        state.kinds := state.kinds || jsonb_build_array(kind);
    else
        state.kinds := jsonb_set(state.kinds, array[index::text], kind);
    end if;

    place := log_event(m.conversation_id, 'messaging.reactions_changed', message::text, coalesce(state.version, 0));
    insert into reaction_states (message_id, version, kinds) values (message, place, state.kinds)
    on conflict (message_id) do update set version = excluded.version, kinds = excluded.kinds;
    insert into outbox (topic, event_key, payload, headers)
    values ('messaging.reactions_changed', m.conversation_id,
            jsonb_build_object(
                'conversationId', m.conversation_id, 'from', place - 1, 'pos', place, 'messageId', message,
                'reactions', state.kinds, 'version', place),
            coalesce(headers, '{}'));
    return 'changed';
end
$$;

-- Erasure, for law and retention: for the owner of the schema. Each erases at most so many messages, through the log and
-- without holes, and returns how many; call it until it returns 0. One transaction holds the conversations of its batch.
create function erase_messages(which uuid[]) returns int
    language plpgsql volatile
    set search_path = public, pg_temp
as $$
declare
    m messages;
    erased int := 0;
begin
    perform from conversations c
    where c.id in (select e.conversation_id from messages e where e.id = any (which))
    order by c.id for no key update;
    for m in select e.* from messages e
             where e.id = any (which) and (e.deleted_at is null or e.idempotency_key is not null)
             order by e.conversation_id, e.seq for no key update loop
        if m.deleted_at is null then
            perform remove_content(m, null);
        end if;
        update messages e set idempotency_key = null where e.id = m.id;
        erased := erased + 1;
    end loop;
    return erased;
end
$$;

create function erase_message(message uuid) returns int
    language sql volatile
    set search_path = public, pg_temp
as $$
    select erase_messages(array[message])
$$;

create function erase_messages_of(sender text, at_most int) returns int
    language sql volatile
    set search_path = public, pg_temp
as $$
    select erase_messages(array(
        select m.id from messages m
        where m.sender_id = sender and (m.deleted_at is null or m.idempotency_key is not null)
        limit at_most))
$$;

create function erase_messages_before(conversation uuid, before timestamptz, at_most int) returns int
    language sql volatile
    set search_path = public, pg_temp
as $$
    select erase_messages(array(
        select m.id from messages m
        where m.conversation_id = conversation and m.created_at < before
          and (m.deleted_at is null or m.idempotency_key is not null)
        order by m.seq
        limit at_most))
$$;

-- Appends an event of somebody's own to the log, in the caller's transaction: the payload becomes the present state of its
-- subject, and supersedes the one before. For the owner of the schema, and for whom the owner lets execute it.
--
-- topic        one that the settings name: walcast.events[TOPIC].event=NAME
-- new_payload  null of SQL says that the subject is gone, and takes what was said of it out of every table
--
-- Returns pos. The conversation is locked until the end of the transaction; a lock that is not free within 2 s is an error.
create function append_event(conversation uuid, topic text, subject text, new_payload jsonb, headers jsonb default null)
    returns bigint
    language plpgsql volatile
    security definer
    set search_path = public, pg_temp
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
    longest_name constant int := 200;
    longest_payload constant int := 65536;
    former own_states;
    place bigint;
    carrier bigint;
begin
    if append_event.topic is null or octet_length(append_event.topic) not between 1 and longest_name
       or append_event.topic like any ('{messaging.%,walcast.%}') then
        raise exception 'the topic of an own event has 1 to % bytes and begins with neither messaging. nor walcast.',
                        longest_name
            using errcode = 'invalid_parameter_value';
    elsif append_event.subject is null or octet_length(append_event.subject) not between 1 and longest_name then
        raise exception 'the subject of an own event has 1 to % bytes', longest_name
            using errcode = 'invalid_parameter_value';
    elsif jsonb_typeof(new_payload) <> 'object' or octet_length(new_payload::text) > longest_payload then
        raise exception 'the payload of an own event is a JSON object of at most % bytes, or null of SQL', longest_payload
            using errcode = 'invalid_parameter_value';
    end if;
    perform from conversations c where c.id = conversation for no key update;
    if not found then
        raise exception 'there is no conversation %', conversation using errcode = 'foreign_key_violation';
    end if;

    select s.* into former from own_states s
    where s.conversation_id = conversation and s.topic = append_event.topic and s.subject = append_event.subject;
    place := log_event(conversation, append_event.topic, append_event.subject, coalesce(former.version, 0));
    insert into outbox (topic, event_key, payload, headers)
    values (append_event.topic, conversation,
            jsonb_build_object(
                'conversationId', conversation, 'from', place - 1, 'pos', place, 'subject', append_event.subject,
                'version', place, 'payload', new_payload),
            coalesce(append_event.headers, '{}'))
    returning id into carrier;
    insert into own_states (conversation_id, topic, subject, version, payload, outbox_id)
    values (conversation, append_event.topic, append_event.subject, place, new_payload, carrier)
    on conflict (conversation_id, topic, subject) do update
    set version = excluded.version, payload = excluded.payload, outbox_id = excluded.outbox_id;
    perform scrub_outbox(array[former.outbox_id]);
    return place;
end
$$;

-- As in version 3, and the rows of an edit and of an own event are followed as well.
create or replace function redrive_outbox(parked_id bigint) returns bigint
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
declare
    row outbox;
    new_id bigint;
begin
    delete from outbox_parked where outbox_id = parked_id;
    if not found then
        return null;
    end if;
    delete from outbox where id = parked_id returning * into row;
    insert into outbox (topic, event_key, payload, headers)
    values (row.topic, row.event_key, row.payload, row.headers)
    returning id into new_id;
    -- The message's receipt follows. A payload that names no message has none.
    if row.payload ->> 'messageId' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        update messages
        set outbox_id = case outbox_id when parked_id then new_id else outbox_id end,
            edit_outbox_id = case edit_outbox_id when parked_id then new_id else edit_outbox_id end
        where id = (row.payload ->> 'messageId')::uuid and parked_id in (outbox_id, edit_outbox_id);
    end if;
    if row.payload ? 'subject' and row.event_key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        update own_states s
        set outbox_id = new_id
        where s.conversation_id = row.event_key::uuid and s.topic = row.topic and s.subject = row.payload ->> 'subject'
          and s.outbox_id = parked_id;
    end if;
    return new_id;
end
$$;

-- As in version 17, and each message gets its place in the log, which is returned as well.
drop function append_messages(uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], boolean);

create function append_messages(
    message_ids uuid[], conversation_ids uuid[], sender_ids text[], types text[], contents text[], parent_ids uuid[],
    idempotency_keys text[], headers text[], awaits_locks boolean
) returns table (place int, outcome text, seq bigint, created_at timestamptz, pos bigint)
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
        set last_seq = c.last_seq + g.posts, updated_at = clock_timestamp(), changed_in = pg_current_xact_id()
        from (select p.conversation_id, max(p.number) as posts from post p group by p.conversation_id) g
        where c.id = g.conversation_id
        returning c.id, c.last_seq - g.posts as seq_before, c.events, c.updated_at
    ), numbered as materialized (
        select p.*, c.seq_before + p.number as seq, c.seq_before + p.number + c.events as pos,
               c.updated_at as created_at,
               nextval('outbox_id_seq') as outbox_id
        from (select * from post order by place) p join conversation c on c.id = p.conversation_id
    ), event as (
        insert into outbox (id, topic, event_key, payload, headers)
        select n.outbox_id, 'messaging.message_created', n.conversation_id,
               jsonb_build_object(
                   'messageId', n.message_id,
                   'conversationId', n.conversation_id,
                   'from', n.pos - 1,
                   'pos', n.pos,
                   'message', message_json(n.message_id, n.conversation_id, n.sender_id, n.type, n.content, n.parent_id,
                                           n.seq, n.created_at, n.pos, null, null)),
               n.headers::jsonb
        from numbered n
    ), message as (
        insert into messages (id, conversation_id, seq, sender_id, type, content, parent_id, created_at, outbox_id,
                              idempotency_key, pos)
        select n.message_id, n.conversation_id, n.seq, n.sender_id, n.type, n.content, n.parent_id, n.created_at,
               n.outbox_id, n.idempotency_key, n.pos
        from numbered n
        order by n.sender_id, n.idempotency_key
    )
    select n.place, 'stored', n.seq, n.created_at, n.pos from numbered n
    union all
    select p.place::int, 'locked', null, null, null
    from unnest(conversation_ids) with ordinality as p (conversation_id, place)
    where p.conversation_id = any (wanted) and p.conversation_id <> all (locked);
end
$$;


-- Internal functions are nobody's but the owner's.
revoke all on function
    append_messages(uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], boolean),
    create_conversation(uuid, text, text, text[], jsonb), log_event(uuid, text, text, bigint),
    supersede_event(uuid, bigint, text, text), scrub_outbox(bigint[]),
    append_message_event(uuid, text, jsonb), lock_message(uuid, text), remove_content(messages, jsonb),
    edit_message(uuid, text, text, bigint, jsonb), delete_message(uuid, text, jsonb),
    set_reaction(uuid, text, text, boolean, jsonb),
    append_event(uuid, text, text, jsonb, jsonb),
    erase_messages(uuid[]), erase_message(uuid), erase_messages_of(text, int),
    erase_messages_before(uuid, timestamptz, int) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        grant update (title, version, changed_in) on conversations to walcast_app;
        grant insert (version, read_seq, changed_in), update (version, read_seq, changed_in) on members to walcast_app;
        grant select, insert, update, delete on former_members to walcast_app;
        grant select on reactions, reaction_states, conversation_events, own_states to walcast_app;
        grant execute on function
            append_messages(uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], boolean),
            create_conversation(uuid, text, text, text[], jsonb), log_event(uuid, text, text, bigint),
            edit_message(uuid, text, text, bigint, jsonb), delete_message(uuid, text, jsonb),
            set_reaction(uuid, text, text, boolean, jsonb), log_page(uuid, bigint, bigint, int, bigint) to walcast_app;
    end if;
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant select (events, title, version, created_at, updated_at, changed_in) on conversations to walcast_relay;
        grant select (role, version, read_seq, changed_in) on members to walcast_relay;
        grant select (pos, version, edited_at, deleted_at) on messages to walcast_relay;
        grant select on former_members, reaction_states, conversation_events, own_states to walcast_relay;
        grant execute on function log_page(uuid, bigint, bigint, int, bigint) to walcast_relay;
    end if;
end
$$;
