-- PostgreSQL compiles a statement to machine code if it expects a high cost. It expects that of a page of a long conversation:
-- 490 ms of compilation for a statement of 1 ms. The function log_page and the pools switch jit off themselves; this is for
-- sessions that come through a pooler.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        execute format('alter role walcast_app in database %I set jit = off', current_database());
    end if;
exception when insufficient_privilege then
    raise notice 'walcast_app compiles statements: % may not set jit; its connections set it themselves', current_user;
end
$$;
