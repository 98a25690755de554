package io.walcast.relay.wal;

import io.walcast.relay.wal.Doubt.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares the relay's notes about its slot with the present state of the server.
 *
 * <p>Before each acknowledgement the relay notes how far it is about to move the slot, and everything before that
 * position is settled. So a slot that stands at its note or before it has lost nothing, whoever created it. A slot that
 * stands beyond it was moved, or created, by somebody else.
 */
final class Comparison {

    private Comparison() {}

    /** The reasons for a sweep with the present slot; empty if the slot brings every row. */
    static List<Doubt> of(Remembered remembered, Found found) {
        List<Doubt> doubts = new ArrayList<>();
        if (remembered.sweepPending()) {
            String reason = remembered.sweepReason();
            doubts.add(Doubt.of(Cause.SWEEP_PENDING, reason == null ? "its sweep was not finished" : reason));
        }
        position(remembered, found, doubts);
        if (changed(remembered.history(), found.history())) {
            doubts.add(Doubt.of(
                    Cause.HISTORY_CHANGED,
                    "PostgreSQL was promoted or restored: its history was " + remembered.history() + " and is "
                            + found.history()));
        }
        if (changed(remembered.publication(), found.publication())) {
            doubts.add(Doubt.of(
                    Cause.PUBLICATION_CHANGED,
                    "the publication was changed: rows written meanwhile may be missing from the slot's stream"));
        }
        if (changed(remembered.outboxFiles(), found.outboxFiles())) {
            doubts.add(Doubt.of(
                    Cause.OUTBOX_CHANGED,
                    "table outbox or its sequence was truncated, restored or rewritten: ids may have started again"));
        } else if (found.lastId() != null && remembered.lowWaterId() > found.lastId() + 1) {
            doubts.add(Doubt.of(
                    Cause.OUTBOX_CHANGED,
                    "the sequence of table outbox was set back to " + found.lastId() + ": ids have started again"));
        }
        return doubts;
    }

    private static void position(Remembered remembered, Found found, List<Doubt> doubts) {
        Long confirmed = found.confirmed();
        Long noted = remembered.acknowledgedUpTo();
        if (confirmed == null || noted != null && confirmed <= noted) {
            return;
        }
        String stands = "the slot stands at " + Lsn.of(confirmed) + ", ";
        doubts.add(Doubt.of(
                Cause.SLOT_MOVED,
                noted == null
                        ? stands + "and the relay has no note of its position"
                        : stands + "but was acknowledged up to " + Lsn.of(noted)
                                + " only: somebody else moved it or made it again"));
    }

    /** A value that was never noted counts as unchanged. */
    private static boolean changed(@Nullable String before, @Nullable String now) {
        return before != null && !Objects.equals(before, now);
    }
}
