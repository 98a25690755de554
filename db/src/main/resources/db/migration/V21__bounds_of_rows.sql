-- The relay holds the rows that it reads, as text. So a row of the outbox is bounded, and a page of rows is bounded in bytes.

create function refuse_long_row() returns trigger
    language plpgsql
as $$
begin
    raise exception 'a row of the outbox has at most 16 MB of text'
        using errcode = 'check_violation', constraint = 'outbox_row_size',
              hint = 'Store the content elsewhere, and let the row refer to it.';
end
$$;

-- No constraint, since each mark of a row would be checked as well, also of rows that are there already. A short row is not
-- converted to text: 1,000 bytes of JSON can become 13 MB of text, as numbers with 131,072 digits, and no more.
create trigger outbox_row_size
    before insert or update of topic, event_key, payload, headers on outbox
    for each row
    when (octet_length(new.topic) + octet_length(new.event_key)
              + pg_column_size(new.payload) + pg_column_size(new.headers) > 1000
          and octet_length(new.topic) + octet_length(new.event_key)
              + octet_length(new.payload::text) + octet_length(new.headers::text) > 16777216)
    execute function refuse_long_row();

-- Unsettled rows of a range of ids, in order, as a sweep reads them.
--
-- most        rows at most
-- most_bytes  no further row follows once the rows have so many bytes
create function sweep_page(first_id bigint, last_id bigint, most int, most_bytes bigint)
    returns table (id bigint, topic text, event_key text, payload text, headers text, created_at text)
    language plpgsql stable
as $$
declare
    waiting outbox;
    bytes bigint := 0;
begin
    for waiting in select o.* from unsettled_outbox(first_id, last_id) o order by o.id limit most loop
        id := waiting.id;
        topic := waiting.topic;
        event_key := waiting.event_key;
        payload := waiting.payload::text;
        headers := waiting.headers::text;
        created_at := to_char(waiting.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
        return next;
        bytes := bytes + octet_length(payload) + octet_length(headers);
        exit when bytes >= most_bytes;
    end loop;
end
$$;

revoke all on function refuse_long_row(), sweep_page(bigint, bigint, int, bigint) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant execute on function sweep_page(bigint, bigint, int, bigint) to walcast_relay;
    end if;
end
$$;
