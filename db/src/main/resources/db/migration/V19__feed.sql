-- What a release that knows no log inserts beside this one is new to every cursor as well. Rows that are there already keep
-- null. The columns have no index: a feed finds a user's rows by members_user and compares them one by one.
alter table conversations alter column changed_in set default pg_current_xact_id();
alter table members alter column changed_in set default pg_current_xact_id();

-- Nor does that release say in which transaction it changed a row, or keep the end of a membership. The triggers are for its
-- statements alone: this one's set changed_in themselves, and keep the end themselves.
create function changed_in() returns trigger
    language plpgsql
    set search_path = public, pg_temp
as $$
begin
    new.changed_in := pg_current_xact_id();
    return new;
end
$$;

create trigger changed_in before update of last_seq on conversations
    for each row when (new.last_seq <> old.last_seq and new.changed_in is not distinct from old.changed_in)
    execute function changed_in();

create function membership_ended() returns trigger
    language plpgsql
    set search_path = public, pg_temp
as $$
begin
    -- Not when the conversation itself is deleted.
    insert into former_members (conversation_id, user_id, version, changed_in)
    select old.conversation_id, old.user_id, old.version, pg_current_xact_id()
    from conversations c where c.id = old.conversation_id
    on conflict do nothing;
    return null;
end
$$;

create trigger membership_ended after delete on members for each row execute function membership_ended();

create function membership_began() returns trigger
    language plpgsql
    set search_path = public, pg_temp
as $$
begin
    delete from former_members f where f.conversation_id = new.conversation_id and f.user_id = new.user_id;
    return null;
end
$$;

create trigger membership_began after insert on members for each row execute function membership_began();
