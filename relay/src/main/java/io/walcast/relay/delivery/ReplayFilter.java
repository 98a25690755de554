package io.walcast.relay.delivery;

import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.events.EventKind;
import io.walcast.relay.wal.OutboxRow;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a replay with the table: rows that were settled before it began are not sent again, and a text
 * that was edited away or deleted since is not sent at all.
 *
 * <p>Replayed rows come nearly in order of id, so the table is read for a page of ids when the first of them comes. The
 * newest pages are kept, for ids that come out of order. A row at or after the position where the replay began is not
 * settled, nor is any that follows it, since rows come in the order in which they were committed: from there on nothing
 * is read and nothing kept.
 *
 * <p>A row that the table does not show has been deleted, or is about to become visible. It is unknown whether its
 * message still has the same text, so its room reads the table instead.
 *
 * <p>For one thread. Memory is bounded by 16 pages, which hold a payload only for rows without their text.
 */
final class ReplayFilter {

    static final int PAGE = 1_024;
    static final int PAGES = 16;

    /** The payload that is delivered for a row with content that the table does not show. */
    private static final String UNKNOWN = "{\"scrubbed\": true}";

    /**
     * A row as the table shows it.
     *
     * @param settled whether it was settled before the replay began
     * @param scrubbed its payload, if the text was taken out of it and it is not settled; else null
     */
    record Shown(long id, boolean settled, @Nullable String scrubbed) {}

    /** The table. */
    interface Table {

        Collection<Shown> in(IdRange range);
    }

    private final long fence;
    private final Table table;
    private final EventCatalogue catalogue;
    private final Map<Long, Map<Long, Shown>> pages = new LinkedHashMap<>(PAGES, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Map<Long, Shown>> eldest) {
            return size() > PAGES;
        }
    };

    private boolean passed;

    /** @param fence the end of the WAL when the replay began; no row at or after it is settled */
    ReplayFilter(long fence, Table table, EventCatalogue catalogue) {
        this.fence = fence;
        this.table = table;
        this.catalogue = catalogue;
    }

    /** The row to deliver; null if it is settled. */
    @Nullable
    OutboxRow present(OutboxRow row) {
        if (passed) {
            return row;
        }
        if (row.lsn() >= fence) {
            passed = true;
            pages.clear();
            return row;
        }
        Shown shown =
                pages.computeIfAbsent(Math.floorDiv(row.id(), PAGE), this::read).get(row.id());
        if (shown != null && shown.settled()) {
            return null;
        }
        EventKind kind = catalogue.of(row.topic());
        if (kind == null || !kind.carriesContent(row.payload())) {
            return row;
        }
        String payload = shown == null ? UNKNOWN : shown.scrubbed();
        return payload == null ? row : row.withPayload(payload);
    }

    private Map<Long, Shown> read(long page) {
        Map<Long, Shown> rows = new HashMap<>();
        long first = page * PAGE;
        for (Shown shown : table.in(new IdRange(first, first + PAGE - 1))) {
            rows.put(shown.id(), shown);
        }
        return rows;
    }
}
