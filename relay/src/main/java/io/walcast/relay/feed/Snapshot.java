package io.walcast.relay.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A snapshot of PostgreSQL: its reader sees all transactions below {@code xmax} except the running ones.
 *
 * @param xmin every transaction below it is seen
 * @param running in ascending order, each from {@code xmin} on and below {@code xmax}
 */
record Snapshot(long xmin, long xmax, List<Long> running) {

    /** With this many, the text is well below the 4 KB that a cursor may have. */
    static final int MOST_RUNNING = 150;

    private static final Pattern TEXT = Pattern.compile("[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?");

    /**
     * Reads the text of a {@code pg_snapshot}.
     *
     * @throws IllegalArgumentException if the text is not one by PostgreSQL's own rules
     */
    static Snapshot parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("not a snapshot");
        }
        String[] parts = text.split(":", -1);
        long xmin = Long.parseLong(parts[0]);
        long xmax = Long.parseLong(parts[1]);
        if (xmin < 1 || xmax < xmin) {
            throw new IllegalArgumentException("not the bounds of a snapshot");
        }
        List<Long> running = new ArrayList<>();
        long before = xmin - 1;
        for (String number : parts[2].isEmpty() ? new String[0] : parts[2].split(",")) {
            long transaction = Long.parseLong(number);
            if (transaction <= before || transaction >= xmax) {
                throw new IllegalArgumentException("not the transactions of a snapshot");
            }
            running.add(transaction);
            before = transaction;
        }
        return new Snapshot(xmin, xmax, List.copyOf(running));
    }

    /**
     * The same snapshot, limited to transactions up to {@code newest}: higher ones count as not seen.
     *
     * <p>A transaction that is left out here makes a later reader see too many changes, and never too few. After a
     * crash, PostgreSQL assigns transaction ids again whose WAL was lost. So a snapshot that is kept must not contain
     * ids above the newest durable commit.
     */
    Snapshot upTo(long newest) {
        long end = Math.min(xmax, newest + 1);
        List<Long> below = running.stream().filter(each -> each < end).toList();
        if (below.size() > MOST_RUNNING) {
            return upTo(below.get(MOST_RUNNING) - 1);
        }
        return new Snapshot(below.isEmpty() ? end : below.get(0), end, below);
    }

    @Override
    public String toString() {
        var text = new StringBuilder().append(xmin).append(':').append(xmax).append(':');
        for (int i = 0; i < running.size(); i++) {
            text.append(i == 0 ? "" : ",").append(running.get(i));
        }
        return text.toString();
    }
}
