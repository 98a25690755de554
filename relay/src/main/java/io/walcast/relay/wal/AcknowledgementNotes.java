package io.walcast.relay.wal;

import java.util.function.LongConsumer;

/**
 * Writes down how far the slot is about to be moved. One instance serves one life of an engine.
 *
 * <p>The first note of a life waits for a comparison of the slot that the engine holds: what somebody else did to it
 * before that must not be noted as the relay's own doing.
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
     * @param note writes a position down
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
