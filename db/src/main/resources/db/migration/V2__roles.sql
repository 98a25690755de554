-- Two roles with what their module needs and no more. Log in as them, or grant them to the users who log in;
-- REPLICATION is not inherited: the user that the relay logs in as needs it itself.
-- Where the migrating user may not create roles, and they don't exist, nothing is granted: it then serves everything.
do $$
begin
    if not exists (select from pg_roles where rolname = 'walcast_app') then
        create role walcast_app nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'walcast_relay') then
        create role walcast_relay nologin;
    end if;
exception when insufficient_privilege then
    raise notice 'roles walcast_app and walcast_relay were not created: % may not create roles', current_user;
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        grant select, insert, update on conversations to walcast_app;
        grant select, insert, delete on members to walcast_app;
        grant select, insert on messages to walcast_app;
        -- The producer can only append; a delivery receipt reads the marks.
        grant insert, select (id, published_at, attempts, last_error) on outbox to walcast_app;
    end if;
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant select on conversations, members, messages, outbox to walcast_relay;
        grant update (published_at, attempts, last_error) on outbox to walcast_relay;
        grant select, insert, delete on outbox_parked to walcast_relay;
        grant select, insert, update on relay_slots to walcast_relay;
    end if;
end
$$;
