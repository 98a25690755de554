package io.walcast.relay.delivery;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Advances the low water, the id below which every outbox row is settled, so that a sweep never reads a day of rows.
 *
 * <p>Ids are assigned before their transactions commit, in any order, so "all visible rows up to N are settled" is not
 * enough: a transaction that still runs may hold a smaller id. An insert locks the table before it takes an id, and
 * keeps the lock until its transaction has ended. So N is noted first, and then the transactions that hold that lock:
 * once all of those have ended, no row up to N can appear any more, and the low water moves up to the first of them
 * that is unsettled. Transactions that have written to other tables only do not delay it.
 *
 * <p>A transaction that has written to the outbox and stays open does. For queries that must be fast, and may overlook
 * a row that is committed late, there is the <i>floor</i>: it advances over rows that are visible and settled. A row
 * that appears below it is found when the low water passes.
 *
 * <p><b>Concurrency.</b> Rounds are for one thread; any thread may call {@link #floor()}. <b>Error policy.</b> A round
 * that fails changes nothing that the next one relies on. <b>Bounds.</b> A round reads at most 200 ranges of 5,000 ids,
 * and remembers one candidate, however long a transaction stays open.
 */
@Component
class LowWater {

    private static final Logger LOG = LoggerFactory.getLogger(LowWater.class);

    static final int WIDTH = 5_000;
    static final int RANGES_A_ROUND = 200;

    /** The queries that determine the low water. */
    interface Tables extends IdRange.LowestId {

        Standing standing();

        /** Sets the stored low water to {@code to}, if it still is {@code from}; returns whether it was. */
        boolean raise(long from, long to);

        /** The highest visible id; {@code from - 1} if there is none from {@code from} on. */
        long newest(long from);

        Writers writers();

        OptionalLong lowestUnsettled(IdRange range);
    }

    /**
     * @param server the start of the server: another server may assign ids again that this one has assigned
     * @param lowWater as it is stored
     */
    record Standing(String server, long lowWater) {}

    /** The transactions that have inserted rows into the outbox, or may be about to. */
    record Writers(String server, Set<String> transactions) {

        boolean isOneOf(Writers others) {
            return !Collections.disjoint(transactions, others.transactions);
        }
    }

    private record Candidate(long newest, Writers writers) {}

    /** The result of the last round. */
    private record Found(Standing standing, long floor) {}

    private final Tables tables;

    private volatile Found found = new Found(new Standing("", 0), 0);

    /** Owned by the thread that makes the rounds, as are the fields below. */
    private @Nullable Candidate candidate;

    /** No row up to this id can appear any more. */
    private long complete;

    private long newest;
    private int ranges;

    LowWater(Tables tables) {
        this.tables = tables;
    }

    /** One round; to be called every few seconds, by one thread. */
    void advance() {
        try {
            round();
        } catch (DataAccessException e) {
            LOG.debug("The low water stays where it is: {}", e.getMessage());
        }
    }

    /** The id from which to look for waiting rows: no visible row with a smaller id was unsettled in the last round. */
    long floor() {
        Standing standing = tables.standing();
        Found last = found;
        return follows(standing, last.standing()) ? Math.max(standing.lowWater(), last.floor()) : standing.lowWater();
    }

    private void round() {
        Standing standing = tables.standing();
        long low = standing.lowWater();
        if (!follows(standing, found.standing())) {
            candidate = null;
            complete = low - 1;
            newest = low - 1;
            found = new Found(standing, low);
        }
        complete = Math.max(complete, low - 1);
        completeCandidate(standing);
        ranges = 0;
        long floor = Math.max(found.floor(), low);
        long settledUpTo = passSettled(low, complete);
        if (settledUpTo > low && tables.raise(low, settledUpTo)) {
            standing = new Standing(standing.server(), settledUpTo);
        }
        if (settledUpTo <= complete && ranges < RANGES_A_ROUND) {
            floor = settledUpTo;
        } else {
            // One round after ids were first seen, so that the rows of short transactions are seen in order.
            floor = passSettled(Math.max(floor, settledUpTo), newest);
        }
        noteCandidate(standing, floor);
        found = new Found(standing, floor);
    }

    /** Whether earlier results still hold: the same server answers, and the low water was not set back. */
    private static boolean follows(Standing now, Standing before) {
        return now.server().equals(before.server()) && now.lowWater() >= before.lowWater();
    }

    private void completeCandidate(Standing standing) {
        Candidate noted = candidate;
        if (noted == null) {
            return;
        }
        Writers now = tables.writers();
        if (now.server().equals(standing.server()) && !now.isOneOf(noted.writers())) {
            complete = Math.max(complete, noted.newest());
            candidate = null;
        }
    }

    /** The order matters: a transaction that holds an id up to the newest was a writer before that id was seen. */
    private void noteCandidate(Standing standing, long from) {
        newest = tables.newest(from);
        if (candidate == null && newest > complete) {
            Writers writers = tables.writers();
            if (writers.server().equals(standing.server())) {
                candidate = new Candidate(newest, writers);
            }
        }
    }

    /** The first id that is unsettled, or was not read in this round; the one after the last id if there is none. */
    private long passSettled(long from, long upTo) {
        long reached = from;
        while (ranges < RANGES_A_ROUND) {
            Optional<IdRange> range = IdRange.next(reached, upTo, WIDTH, tables);
            if (range.isEmpty()) {
                return Math.max(from, upTo + 1);
            }
            ranges++;
            OptionalLong unsettled = tables.lowestUnsettled(range.get());
            if (unsettled.isPresent()) {
                return unsettled.getAsLong();
            }
            reached = range.get().last() + 1;
        }
        return reached;
    }
}
