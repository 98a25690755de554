-- Which relay delivers, where more than one may: each new owner of a slot counts on, so that a former one sees whether
-- somebody else has delivered since.
alter table relay_slots add column owner_epoch bigint not null default 0;

comment on column relay_slots.owner_epoch is 'counts how often a relay came to own this slot; only who owns it counts on';
