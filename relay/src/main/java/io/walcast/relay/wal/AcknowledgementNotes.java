package io.walcast.relay.wal;

import java.util.function.LongConsumer;

/**
 * Stores the position of each acknowledgement before the slot is moved there. One instance serves one life of an
 * engine.
 *
 * <p>Before its first note it compares the slot that the engine holds with the stored notes: a change that somebody
 * else made before must not be noted as the relay's own.
 *
 * <p>For the engine's thread.
 */
final class AcknowledgementNotes implements AcknowledgementListener {

    private final Runnable comparison;
    private final LongConsumer note;
    private boolean compared;
    private long noted = -1;

    /**
     * @param comparison throws if the slot may not bring every row
     * @param note stores a position
     */
    AcknowledgementNotes(Runnable comparison, LongConsumer note) {
        this.comparison = comparison;
        this.note = note;
    }

    @Override
    public void beforeAcknowledge(long lsn) {
        if (!compared) {
            comparison.run();
            compared = true;
        }
        if (lsn > noted) {
            note.accept(lsn);
            noted = lsn;
        }
    }
}
