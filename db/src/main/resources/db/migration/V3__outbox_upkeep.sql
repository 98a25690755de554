-- What the relay may do to the outbox beyond its marks: each a function of the owner, and nothing else.

-- Sends a parked row again: a new row takes its place, and with it the ordinary way.
-- Returns the id of the new row; null if the row is not parked.
create function redrive_outbox(parked_id bigint) returns bigint
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
        update messages set outbox_id = new_id
        where id = (row.payload ->> 'messageId')::uuid and outbox_id = parked_id;
    end if;
    return new_id;
end
$$;

-- Deletes published rows, oldest first and at most so many, and returns how many. Parked rows are never published.
create function delete_published_outbox(published_before timestamptz, at_most int) returns int
    language sql
    security definer
    set search_path = public, pg_temp
as $$
    -- Looks at the oldest rows only, not for old ones among all: what is behind the first young row is younger still.
    with oldest as (
        select id, published_at from outbox
        where not exists (select from outbox_parked where outbox_id = id)
        order by id
        limit at_most
    ), deleted as (
        delete from outbox using oldest
        where outbox.id = oldest.id and oldest.published_at < published_before
        returning 1
    )
    select count(*)::int from deleted
$$;

revoke all on function redrive_outbox(bigint), delete_published_outbox(timestamptz, int) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant execute on function redrive_outbox(bigint), delete_published_outbox(timestamptz, int) to walcast_relay;
    end if;
end
$$;
