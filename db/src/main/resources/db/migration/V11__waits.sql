-- How long a statement may wait for a lock, and a transaction may rest, as PostgreSQL itself keeps it: a limit that only
-- the client knows leaves the statement behind, which commits when the lock is free, long after it was given up.

-- For the rest of the transaction, whoever logged in and through whatever pooler. It is asked in the statement that takes
-- a conversation's lock, before the lock, so that it costs no round trip. A function that takes such locks may have these
-- settings itself instead.
create function limit_waits() returns boolean
    language sql volatile
as $$
    select set_config('lock_timeout', '2s', true) is not null
       and set_config('idle_in_transaction_session_timeout', '10s', true) is not null
$$;

comment on function limit_waits() is
    'true; from here to the end of the transaction no lock is waited for longer than 2 s, and a client that says nothing for 10 s is ended';

-- For everything else that the app's login does in this database. Nothing is set for the relay: its slot is created behind
-- every open transaction, however long that takes, and its snapshot is kept by a transaction that rests; the relay limits
-- its other connections itself.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        execute format('alter role walcast_app in database %I set lock_timeout = %L', current_database(), '2s');
        execute format('alter role walcast_app in database %I set statement_timeout = %L', current_database(), '8s');
        execute format(
            'alter role walcast_app in database %I set idle_in_transaction_session_timeout = %L', current_database(), '10s');
        begin
            execute format(
                'alter role walcast_app in database %I set client_connection_check_interval = %L', current_database(), '2s');
        exception when invalid_parameter_value then
            raise notice 'client_connection_check_interval was not set: this platform does not have it';
        end;
    end if;
exception when insufficient_privilege then
    raise notice 'walcast_app has no limits of its own: % may not set them; its connections limit themselves', current_user;
end
$$;
