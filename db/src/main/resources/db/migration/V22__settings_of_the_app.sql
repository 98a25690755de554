-- Settings that a server or a database may have otherwise, for the app's sessions that come through a pooler; other sessions
-- set them themselves.
--
-- PostgreSQL compiles a statement to machine code if it expects a high cost. It expects that of a page of a long conversation:
-- 490 ms of compilation for a statement of 1 ms. Without nested loops, sorts or index scans, posts and pages read whole tables.
-- The text of a message is a parameter of a statement, and must be neither in an error nor in the server's log.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        execute format('alter role walcast_app in database %I set jit = off', current_database());
        execute format('alter role walcast_app in database %I set enable_nestloop = on', current_database());
        execute format('alter role walcast_app in database %I set enable_indexscan = on', current_database());
        execute format('alter role walcast_app in database %I set enable_sort = on', current_database());
        execute format(
            'alter role walcast_app in database %I set log_parameter_max_length_on_error = 0', current_database());
        begin
            execute format('alter role walcast_app in database %I set log_parameter_max_length = 0', current_database());
        exception when insufficient_privilege then
            raise notice 'the server may log the parameters of statements: % may not set log_parameter_max_length',
                current_user;
        end;
    end if;
exception when insufficient_privilege then
    raise notice 'walcast_app has no settings of its own: % may not set them; its connections set them', current_user;
end
$$;
