-- Who may change the members of a conversation. Until now every member might, so every member there is becomes an owner;
-- in conversations that come it is the creator.
alter table members add column role text not null default 'owner' check (role in ('owner', 'member'));
alter table members alter column role set default 'member';

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_app') then
        grant insert (role), update (role) on members to walcast_app;
    end if;
end
$$;
