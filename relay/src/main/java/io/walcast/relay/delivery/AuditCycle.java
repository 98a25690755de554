package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxConsumer.Audit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds outbox rows that the replication slot never brought, independently of the relay's notes about the slot.
 *
 * <p>The slot is acknowledged only up to the first row that is not settled. Take the unsettled rows of a snapshot, and
 * the end of the WAL after that snapshot. When the slot is acknowledged up to that position, each of these rows is
 * settled; one that is not will never come. The age of a row proves nothing: after an outage all rows are old, and the
 * stream brings them in order.
 *
 * <p>Each round reads one page of ids above the low water and one below it, where all should be settled. Each page
 * begins where the last round ended. For one thread.
 */
final class AuditCycle {

    /** The queries of the outbox. None covers more ids than one page, and a search no more than {@link #SEARCHED}. */
    interface Rows extends IdRange.LowestId {

        /** Every row with a smaller id should be settled. */
        long lowWater();

        /** The highest visible id; {@code from - 1} if there is none from {@code from} on. */
        long newest(long from);

        /** The end of the WAL now, in bytes from its beginning. */
        long position();

        /** The rows of the range that are neither published nor parked. */
        List<Long> unsettled(IdRange range);

        /** Replaces rows that are still unsettled by new ones, which are delivered as usual; returns their number. */
        int sendAgain(List<Long> ids);
    }

    /** Ids of a page. */
    static final int PAGE = 2_000;

    static final int PAGE_BELOW = 500;

    /** How many ids one round searches for the beginning of a page. */
    static final long SEARCHED = 20 * IdRange.SEARCHED;

    /** More than these are left to a sweep. */
    static final int FEW = 100;

    private final Rows rows;
    private List<IdRange> pages = List.of();
    private TreeSet<Long> candidates = new TreeSet<>();
    private long position;
    private long above;

    /** The end of the pass above the low water: under load, ids may be written as fast as they are read. */
    private long passEnd;

    private long below;

    /** No row with a smaller id was seen below the low water in this pass. */
    private long lowest;

    private boolean lowestKnown;

    AuditCycle(Rows rows) {
        this.rows = rows;
    }

    /** @param confirmed the position up to which the slot was acknowledged before this call */
    Audit round(long confirmed) {
        if (!candidates.isEmpty()) {
            if (confirmed < position) {
                return Audit.WAITS;
            }
            List<Long> stranded = stillUnsettled();
            boolean many = stranded.size() > FEW;
            int sent = many || stranded.isEmpty() ? 0 : rows.sendAgain(stranded);
            // Only now, so that after a failure the next round tries again.
            candidates = new TreeSet<>();
            if (!stranded.isEmpty()) {
                return new Audit(false, sent, many ? stranded.size() : 0);
            }
        }
        readPages();
        return candidates.isEmpty() ? Audit.NOTHING : Audit.WAITS;
    }

    private List<Long> stillUnsettled() {
        return unsettled(pages).stream().filter(candidates::contains).toList();
    }

    private void readPages() {
        long lowWater = rows.lowWater();
        pages = new ArrayList<>();
        nextAbove(lowWater).ifPresent(pages::add);
        nextBelow(lowWater).ifPresent(pages::add);
        TreeSet<Long> found = unsettled(pages);
        if (!found.isEmpty()) {
            // After the pages: their rows were committed before this position.
            position = rows.position();
            candidates = found;
        }
    }

    private Optional<IdRange> nextAbove(long lowWater) {
        long from = Math.max(above, lowWater);
        long newest = rows.newest(lowWater);
        if (from == lowWater) {
            passEnd = newest;
        }
        long end = Math.min(passEnd, newest);
        long upTo = IdRange.last(from, end, SEARCHED);
        Optional<IdRange> page = IdRange.next(from, upTo, PAGE, rows);
        long last = page.map(IdRange::last).orElse(upTo);
        above = last < end ? last + 1 : 0;
        return page;
    }

    /** A new pass begins at the first row of the last one: below that row, retention has deleted all. */
    private Optional<IdRange> nextBelow(long lowWater) {
        if (below >= lowWater) {
            below = Math.min(lowestKnown ? lowest : below, lowWater);
            lowestKnown = false;
        }
        long upTo = IdRange.last(below, lowWater - 1, SEARCHED);
        Optional<IdRange> page = IdRange.next(below, upTo, PAGE_BELOW, rows);
        if (page.isPresent() && !lowestKnown) {
            lowest = page.get().first();
            lowestKnown = true;
        }
        below = page.map(IdRange::last).orElse(upTo) + 1;
        return page;
    }

    private TreeSet<Long> unsettled(List<IdRange> ranges) {
        var unsettled = new TreeSet<Long>();
        ranges.forEach(range -> unsettled.addAll(rows.unsettled(range)));
        return unsettled;
    }
}
