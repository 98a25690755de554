-- What the relay remembers of what it rests on: its slot, its publication, the ids of the outbox, and the history of the
-- server. Others can change each of them; what differs from the memory is repaired by a sweep.
alter table relay_slots
    add column acknowledge_lsn pg_lsn,
    add column history text,
    add column publication text,
    add column outbox_files text,
    add column sweep_reason text,
    -- The note of an acknowledgement is written up to twice a second: leave room for HOT updates.
    set (fillfactor = 50);

comment on column relay_slots.acknowledge_lsn is
    'the slot is acknowledged up to here at most: one that stands beyond it was moved, or made, by somebody else';
comment on column relay_slots.history is 'system identifier and timeline of the server';
comment on column relay_slots.publication is 'oid and xmin of the publication''s rows in the catalogue';
comment on column relay_slots.outbox_files is
    'oid of the outbox, and file nodes of it and its sequence: a truncation changes them, and ids may start again';
comment on column relay_slots.sweep_reason is 'why a sweep is pending';

-- To see that ids have started again.
do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        execute format('grant select on sequence %s to walcast_relay', pg_get_serial_sequence('outbox', 'id'));
    end if;
end
$$;
