package io.walcast.relay.delivery;

import io.walcast.relay.wal.OutboxRow;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the rows of a replay that were settled before it began: they are not sent again.
 *
 * <p>Replayed rows come nearly in order of id, so what is settled is read for a page of ids when the first of them comes.
 * The newest pages are kept, for ids that come out of order. A row at or after the position where the replay began is not
 * settled, nor is any that follows it, since rows come in the order in which they were committed: from there on nothing
 * is asked and nothing kept.
 *
 * <p>For one thread. Memory is bounded by 16 pages of 128 bytes.
 */
final class ReplayFilter {

    static final int PAGE = 1_024;
    static final int PAGES = 16;

    /** Which rows were settled before the replay began. */
    interface Settled {

        Collection<Long> in(IdRange range);
    }

    private final long fence;
    private final Settled settled;
    private final Map<Long, BitSet> pages = new LinkedHashMap<>(PAGES, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BitSet> eldest) {
            return size() > PAGES;
        }
    };

    private boolean passed;

    /** @param fence the end of the WAL when the replay began; no row at or after it is settled */
    ReplayFilter(long fence, Settled settled) {
        this.fence = fence;
        this.settled = settled;
    }

    boolean isSettled(OutboxRow row) {
        if (passed) {
            return false;
        }
        if (row.lsn() >= fence) {
            passed = true;
            pages.clear();
            return false;
        }
        long page = Math.floorDiv(row.id(), PAGE);
        return pages.computeIfAbsent(page, this::read).get(Math.floorMod(row.id(), PAGE));
    }

    private BitSet read(long page) {
        var bits = new BitSet(PAGE);
        long first = page * PAGE;
        for (long id : settled.in(new IdRange(first, first + PAGE - 1))) {
            bits.set((int) (id - first));
        }
        return bits;
    }
}
