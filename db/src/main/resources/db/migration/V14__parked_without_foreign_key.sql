-- A foreign key costs a look and a lock for every row that is parked, and a look for every row that retention deletes. Two
-- triggers keep the same promise, that nothing is parked which is not in the outbox, for a statement at a time.
-- A row is parked by a statement that updates it: whoever deletes it waits for that, and then finds it among the parked.

alter table outbox_parked drop constraint outbox_parked_outbox_id_fkey;

create function forget_deleted_parked() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    delete from outbox_parked using deleted where outbox_id = deleted.id;
    return null;
end
$$;

create function forget_all_parked() returns trigger
    language plpgsql
    security definer
    set search_path = public, pg_temp
as $$
begin
    delete from outbox_parked;
    return null;
end
$$;

revoke all on function forget_deleted_parked() from public;
revoke all on function forget_all_parked() from public;

create trigger outbox_deleted after delete on outbox
    referencing old table as deleted
    for each statement execute function forget_deleted_parked();

create trigger outbox_truncated after truncate on outbox
    for each statement execute function forget_all_parked();

comment on table outbox_parked is 'outbox rows whose delivery was given up; a row leaves with the outbox row that it is about';
