package io.walcast.relay.wal;

import io.walcast.relay.wal.Doubt.Cause;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes sure that the replication slot brings every row that is not settled, before an engine starts and while it runs.
 *
 * <p>It compares the state of PostgreSQL with the relay's notes ({@link Comparison}). A doubt ends in a sweep with the
 * present slot: no engine runs, the slot's position is noted, then the table is read in a snapshot. The snapshot shows
 * every commit that the slot has passed. A row that the stream brings as well is recognised by its mark. A new slot is
 * created only if the old one is missing, lost or stuck, since a creation waits for every open transaction.
 *
 * <p>The doubt is noted before it is acted on, and cleared after the sweep; a relay that dies in between finds the
 * note.
 *
 * <p>For the owner thread, except for {@link #expectSweep} and {@link #compare}, which are thread-safe.
 */
@Component
class SlotGuard {

    private static final Logger LOG = LoggerFactory.getLogger(SlotGuard.class);

    private static final String FIRST_START = "there is none yet";

    enum Outcome {
        READY,
        /** The caller has to try again: the status board has the reason. */
        NOT_YET
    }

    private final WalSettings settings;
    private final SlotMemory memory;
    private final SlotCreation creation;
    private final OutboxConsumer consumer;
    private final StatusBoard board;

    private @Nullable String knownHistory;
    private long flushed;
    private @Nullable String stuck;

    SlotGuard(
            WalSettings settings,
            SlotMemory memory,
            SlotCreation creation,
            OutboxConsumer consumer,
            StatusBoard board) {
        this.settings = settings;
        this.memory = memory;
        this.creation = creation;
        this.consumer = consumer;
        this.board = board;
    }

    /**
     * Prepares the slot for an engine: creates it, and sweeps the table, where that is due.
     *
     * @param stopping whether the relay stops, which ends a wait for the slot's creation
     * @throws FatalWalException if a person has to act first
     * @throws NotOwnerException if another relay has become the owner meanwhile
     */
    Outcome prepare(BooleanSupplier stopping) throws SQLException, InterruptedException {
        Found found = memory.find();
        if (found.hasSlot() && !found.readable()) {
            throw new FatalWalException("replication slot \"" + settings.slot() + "\" is " + kind(found)
                    + ": drop it, or set walcast.relay.slot to another name");
        }
        if (found.publicationFault() != null) {
            board.blockedBy(Obstacle.PUBLICATION, found.publicationFault().describe(settings.publication()));
            return Outcome.NOT_YET;
        }
        refuseInterference(false);
        if (found.holder() != null) {
            // The holder is a former owner or this process's last engine, whose end PostgreSQL has not noticed, or a
            // stranger.
            board.enter(State.STARTING, "a walsender still holds the slot: " + found.holder());
            return Outcome.NOT_YET;
        }
        Remembered remembered = memory.recall();
        if (tellOfAnotherHistory(remembered, found)) {
            remembered = memory.recall();
        }
        List<Doubt> doubts = new ArrayList<>(Comparison.of(remembered, found));
        Doubt broken = broken(found, remembered);
        if (broken != null) {
            doubts.removeIf(doubt -> doubt.cause() == Cause.SLOT_MOVED);
            doubts.add(0, broken);
        }
        if (!doubts.isEmpty()) {
            note(doubts);
            if (broken != null) {
                replace(broken, found, stopping);
            }
            sweep(doubts.get(0));
        }
        return Outcome.READY;
    }

    /**
     * Looks for what would make deliveries wrong.
     *
     * @param running whether this relay reads its slot
     * @throws FatalWalException if a person has to act first
     */
    void refuseInterference(boolean running) {
        String interference = memory.interference(running);
        if (interference != null) {
            throw new FatalWalException(interference);
        }
    }

    /** Requests a new slot, since this one cannot pass a change in the WAL. */
    void replaceSlot(String why) {
        stuck = why;
    }

    /** Notes a sweep for rows that the slot never brought, and that are too many to be sent again one by one. */
    DoubtException stranded(int rows) {
        Doubt doubt =
                Doubt.of(Cause.ROWS_STRANDED, rows + " rows or more are in the table that the slot never brought");
        memory.expectSweep(doubt.what(), doubt.concernsAllIds());
        board.doubted(doubt);
        return new DoubtException(doubt);
    }

    /** Notes that a few such rows were sent again. */
    void sentAgain(int rows) {
        board.doubted(Doubt.of(
                Cause.ROWS_STRANDED,
                rows + " rows were sent again that were in the table and that the slot never brought"));
    }

    /** Notes that the WAL has reached this position. */
    void seen(long position) {
        flushed = Math.max(flushed, position);
    }

    /** Notes that all unpublished rows are to be swept; the owner of the slot finds the note within seconds. */
    void expectSweep(String why) {
        memory.expectSweep(why, false);
    }

    /**
     * Compares while an engine holds the slot.
     *
     * @throws DoubtException if the engine may not bring every row
     */
    void compare() {
        Found found = memory.find();
        Remembered remembered = memory.recall();
        if (found.publicationFault() != null) {
            throw new DoubtException(
                    Doubt.of(Cause.PUBLICATION_CHANGED, found.publicationFault().describe(settings.publication())));
        }
        if (found.hasSlot() && found.readable()) {
            List<Doubt> doubts = Comparison.of(remembered, found);
            if (!doubts.isEmpty()) {
                throw new DoubtException(doubts.get(0));
            }
        }
    }

    private static String kind(Found found) {
        return "physical".equals(found.slotType())
                ? "a physical one"
                : "of another database or plugin, temporary, or of two phases";
    }

    private @Nullable Doubt broken(Found found, Remembered remembered) {
        if (!found.hasSlot()) {
            return Doubt.of(
                    Cause.SLOT_MISSING,
                    remembered.isFirstStart()
                            ? FIRST_START
                            : "it is gone: dropped, or not part of a restore or failover");
        }
        if (found.lost()) {
            return Doubt.of(Cause.SLOT_LOST, "PostgreSQL invalidated it (wal_status is lost)");
        }
        if (found.confirmed() == null) {
            return Doubt.of(Cause.SLOT_MISSING, "its creation was not finished");
        }
        return stuck == null ? null : Doubt.of(Cause.SLOT_STUCK, stuck);
    }

    private void replace(Doubt why, Found found, BooleanSupplier stopping) throws SQLException, InterruptedException {
        if (found.hasSlot()) {
            memory.dropSlot();
        }
        board.enter(State.STARTING, "the slot is being made: " + why.what());
        creation.create(
                transaction -> board.blockedBy(
                        Obstacle.TRANSACTION,
                        "the slot is being made, which waits for the end of a transaction: " + transaction
                                + "; nothing is lost meanwhile"),
                stopping);
        stuck = null;
        LOG.warn("Created replication slot {}: {}", settings.slot(), why.what());
    }

    private void note(List<Doubt> doubts) {
        // The first one last: that is the one that stays on the board.
        for (int i = doubts.size() - 1; i >= 0; i--) {
            Doubt doubt = doubts.get(i);
            if (doubt.cause() != Cause.SWEEP_PENDING) {
                memory.expectSweep(doubt.what(), doubt.concernsAllIds());
            } else if (board.lastDoubt().filter(doubt::isOf).isPresent() || doubts.size() > 1) {
                continue;
            }
            if (doubt.what().equals(FIRST_START)) {
                continue;
            }
            LOG.warn("Replication slot {} is not relied on: {}", settings.slot(), doubt.what());
            board.doubted(doubt);
        }
    }

    private void sweep(Doubt why) throws InterruptedException {
        board.enter(State.SWEEPING, why.what());
        Found before = memory.find();
        if (before.confirmed() == null) {
            throw new IllegalStateException("replication slot " + settings.slot() + " is gone again");
        }
        consumer.sweep();
        memory.swept(before);
    }

    /**
     * Reports another history of the server: clients may have messages that it lacks, and wait for numbers that it
     * assigns again.
     *
     * @return whether a sweep was noted for it
     */
    private boolean tellOfAnotherHistory(Remembered remembered, Found found) throws InterruptedException {
        boolean another = knownHistory != null && !knownHistory.equals(found.history())
                || remembered.history() != null && !remembered.history().equals(found.history());
        boolean wentBack = found.flushed() < flushed;
        if (another || wentBack) {
            LOG.warn(
                    "PostgreSQL has another history than before ({}): all clients have to join again",
                    another ? found.history() : "its WAL ends before an earlier position");
            consumer.historyChanged();
            if (wentBack) {
                memory.expectSweep("the WAL of PostgreSQL ends before an earlier position: it was restored", true);
            }
        }
        knownHistory = found.history();
        flushed = found.flushed();
        return wentBack;
    }
}
