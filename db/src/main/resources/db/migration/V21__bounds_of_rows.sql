-- The relay holds the rows that it reads. So a row of the outbox is bounded, and a page of rows is bounded in bytes.

-- The bound is that of the JSON as PostgreSQL stores it, before compression. Nothing is computed for it. Rows that are there
-- already are left as they are.
alter table outbox
    add constraint outbox_row_size check (
        octet_length(topic) + octet_length(event_key) + pg_column_size(payload) + pg_column_size(headers) <= 16777216
    ) not valid;

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

revoke all on function sweep_page(bigint, bigint, int, bigint) from public;

do $$
begin
    if exists (select from pg_roles where rolname = 'walcast_relay') then
        grant execute on function sweep_page(bigint, bigint, int, bigint) to walcast_relay;
    end if;
end
$$;
