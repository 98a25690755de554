-- A subscription's worker fires no trigger of statements for a delete, and of the others only those that are enabled for a
-- replica. Rows that are written later with the ids of parked ones would count as parked.
create function forget_deleted_row() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    delete from outbox_parked where outbox_id = old.id;
    return null;
end
$$;

revoke all on function forget_deleted_row() from public;

create trigger outbox_row_deleted after delete on outbox for each row execute function forget_deleted_row();

alter table outbox enable replica trigger outbox_row_deleted;
alter table outbox enable always trigger outbox_truncated;

-- As in version 13, and a row that was marked while the server's clock was ahead does not count as young: retention would
-- wait for that time, with all rows after it.
create or replace function delete_published_outbox(
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
                     and coalesce(published_at, created_at) < now() + interval '1 hour'
                     and not exists (select from outbox_parked
                                     where outbox_id = id and outbox_id between first_id and last_id))
$$;
