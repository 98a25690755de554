package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxConsumer.Audit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Finds rows that the slot never brought, without trusting anything that is remembered of the slot.
 *
 * <p>The slot is acknowledged only up to the first row that is not settled. So of the unsettled rows that a snapshot shows,
 * each is settled by the time when the slot is acknowledged up to where the WAL ended after that snapshot; one that is not
 * will never come. Age says nothing: after an outage all rows are old, and the stream brings them in order.
 *
 * <p>Each round looks at one page of rows above the low water and one below it, where all should be settled, from where the
 * last round ended. For one thread.
 */
final class AuditCycle {

    /** What is asked of the outbox. */
    interface Rows {

        /**
         * A page of rows in order of id.
         *
         * @param last the last id of the page; that after which it was to begin, if it is empty
         * @param full whether more may follow
         * @param unsettled those that are neither published nor parked
         */
        record Page(long last, boolean full, List<Long> unsettled) {}

        Page page(long after, int rows);

        /** Every row with a smaller id should be settled. */
        long lowWater();

        /** Where the WAL ends now, in bytes from its beginning. */
        long position();

        /** Those that are still neither published nor parked. */
        List<Long> unsettled(Collection<Long> ids);

        /** Replaces rows that are still unsettled by new ones, which take the ordinary way; returns how many. */
        int sendAgain(List<Long> ids);
    }

    static final int PAGE = 2_000;
    static final int PAGE_BELOW = 500;

    /** More than these are left to a sweep. */
    static final int FEW = 100;

    private final Rows rows;
    private List<Long> candidates = List.of();
    private long position;
    private long above;
    private long below;

    AuditCycle(Rows rows) {
        this.rows = rows;
    }

    /** @param confirmed up to where the slot was acknowledged before this was called */
    Audit round(long confirmed) {
        if (!candidates.isEmpty()) {
            if (confirmed < position) {
                return Audit.WAITS;
            }
            List<Long> stranded = rows.unsettled(candidates);
            candidates = List.of();
            if (stranded.size() > FEW) {
                return new Audit(false, 0, stranded.size());
            }
            if (!stranded.isEmpty()) {
                return new Audit(false, rows.sendAgain(stranded), 0);
            }
        }
        look();
        return candidates.isEmpty() ? Audit.NOTHING : Audit.WAITS;
    }

    private void look() {
        long lowWater = rows.lowWater();
        Rows.Page newer = rows.page(Math.max(above, lowWater - 1), PAGE);
        above = newer.full() ? newer.last() : 0;
        Rows.Page older = rows.page(below, PAGE_BELOW);
        below = older.full() && older.last() < lowWater ? older.last() : 0;
        List<Long> found = new ArrayList<>(newer.unsettled());
        found.addAll(older.unsettled());
        if (!found.isEmpty()) {
            // After the pages: what they show was committed before.
            position = rows.position();
            candidates = found.stream().distinct().sorted().toList();
        }
    }
}
