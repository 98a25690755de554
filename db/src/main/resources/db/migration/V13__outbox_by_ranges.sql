-- Statements that walk over the outbox take a range of ids each. A range with two bounds is read through the primary key
-- for certain, in whatever order the rows lie in the table, and no range can be too long for a statement's time limit.

-- The rows of a range that are neither published nor parked: the one place that says what unsettled means.
-- Neither STRICT nor with settings of its own, so that the planner sees through it, and the bounds in it.
create function unsettled_outbox(first_id bigint, last_id bigint) returns setof outbox
    language sql stable parallel safe
as $$
    select * from outbox
    where id between first_id and last_id
      and published_at is null
      and not exists (select from outbox_parked where outbox_id = id and outbox_id between first_id and last_id)
$$;

drop function delete_published_outbox(timestamptz, int);

-- Deletes what was published before some time from a range of ids. Returns how many rows that were, and whether the range
-- has a row that is too young, the parked ones apart: the rows after it are younger still.
create function delete_published_outbox(
    first_id bigint, last_id bigint, published_before timestamptz, out deleted int, out young boolean
)
    language sql
    security definer
    set search_path = public, pg_temp
    set enable_seqscan = off -- a search for any one row of a range may seem cheaper without the index
as $$
    with gone as (
        delete from outbox
        where id between first_id and last_id
          and published_at < published_before
          and not exists (select from outbox_parked where outbox_id = id and outbox_id between first_id and last_id)
        returning 1
    )
    select (select count(*)::int from gone),
           exists (select from outbox
                   where id between first_id and last_id
                     and coalesce(published_at, created_at) >= published_before
                     and not exists (select from outbox_parked
                                     where outbox_id = id and outbox_id between first_id and last_id))
$$;

revoke all on function unsettled_outbox(bigint, bigint), delete_published_outbox(bigint, bigint, timestamptz) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant execute on function
            unsettled_outbox(bigint, bigint), delete_published_outbox(bigint, bigint, timestamptz) to walcast_relay;
    end if;
end
$$;
