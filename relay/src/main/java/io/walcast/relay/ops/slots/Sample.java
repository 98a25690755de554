package io.walcast.relay.ops.slots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of the WAL at one moment. Immutable.
 *
 * @param serverVersion as in {@code server_version_num}
 * @param position the end of the WAL, in bytes from its beginning
 * @param keepBytes {@code max_slot_wal_keep_size}; null if there is no bound
 * @param volumeFreeBytes free space of the volume of the server's WAL, if that is on this machine; else null
 * @param slots ours first
 * @param holders old transactions that have written something, the oldest first
 * @param backlog the rows that wait in the outbox; a few samples old at most
 */
public record Sample(
        Instant at,
        int serverVersion,
        long position,
        @Nullable Long keepBytes,
        @Nullable Long volumeFreeBytes,
        List<SlotReport> slots,
        List<WalHoldingTransaction> holders,
        Backlog backlog) {

    /** This relay's slot, if it is there. */
    public Optional<SlotReport> ours() {
        return slots.stream().filter(report -> report.slot().ours()).findFirst();
    }
}
