-- PostgreSQL compiles a statement to machine code if it expects it to be expensive, and expects a page of a long conversation to
-- be: 490 ms for a statement of 1 ms. The functions that read the log say so themselves, and the relay of its sessions.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        execute format('alter role walcast_app in database %I set jit = off', current_database());
    end if;
exception when insufficient_privilege then
    raise notice 'walcast_app compiles statements: % may not set jit; its connections set it themselves', current_user;
end
$$;
