-- The two roles of the modules get no more than what their statements touch, down to the columns.

-- Appends a row that no conversation has: what sends it through the outbox and awaits it learns that the way is open.
-- Returns its id.
create function append_canary(headers jsonb) returns bigint
    language sql
    security definer
    set search_path = public, pg_temp
as $$
    insert into outbox (topic, event_key, payload, headers)
    values ('walcast.canary', 'canary', '{}', coalesce(append_canary.headers, '{}'))
    returning id
$$;

revoke all on function append_canary(jsonb) from public;

-- Since version 15 only its owner may create in the schema; a database that comes from an earlier one still lets everyone.
revoke create on schema public from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        revoke all on conversations, members, messages, outbox from walcast_app;
        grant select, insert (id, title), update (last_seq, updated_at) on conversations to walcast_app;
        grant select, insert (conversation_id, user_id), delete on members to walcast_app;
        grant select, insert on messages to walcast_app;
        -- The producer can only append, and not even choose an id or a mark; a delivery receipt reads the marks.
        grant insert (topic, event_key, payload, headers), select (id, published_at, attempts, last_error)
            on outbox to walcast_app;
    end if;
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        revoke all on conversations, members, messages, outbox, outbox_parked, relay_slots from walcast_relay;
        grant select (id, last_seq) on conversations to walcast_relay;
        grant select (conversation_id, user_id) on members to walcast_relay;
        grant select (id, conversation_id, seq, sender_id, type, content, parent_id, created_at, outbox_id)
            on messages to walcast_relay;
        grant select, update (published_at, attempts, last_error) on outbox to walcast_relay;
        -- A row is parked by a statement, and comes back only through redrive_outbox.
        grant select, insert on outbox_parked to walcast_relay;
        grant select, insert, update on relay_slots to walcast_relay;
        grant execute on function append_canary(jsonb) to walcast_relay;
    end if;
end
$$;
