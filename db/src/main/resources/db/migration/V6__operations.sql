-- What the people who run it did by hand, and who it was: kept beside the data, so that it outlives the process.
create table ops_audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default clock_timestamp(),
    who     text        not null,
    action  text        not null,
    subject text        not null,
    outcome text
);

comment on column ops_audit.outcome is 'null from when the action was asked for until it ended, and for ever if the process died in between';

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        -- Entries are added and ended, never changed or removed.
        grant select, insert, update (outcome) on ops_audit to walcast_relay;
    end if;
end
$$;

-- To name the transaction that holds the WAL back, and the walsender of a slot, whoever's they are. A migrating user that
-- may not grant it leaves that to the superuser: without it the relay sees less, and works.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant pg_monitor to walcast_relay;
    end if;
exception when insufficient_privilege then
    raise notice 'pg_monitor was not granted to walcast_relay: % may not grant it', current_user;
end
$$;
