package io.walcast.relay.ops.console;

import io.walcast.relay.ops.Condition;
import io.walcast.relay.ops.slots.Slot;
import io.walcast.relay.ops.slots.SlotReport;
import io.walcast.relay.ops.slots.WalHoldingTransaction;
import io.walcast.relay.rooms.RoomStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of the console at one moment. Times are in seconds, sizes in bytes; an unknown value is null.
 *
 * @param slots as of {@code slotsAt}; null until they were looked at
 */
record Overview(
        Instant at,
        Condition relay,
        List<Finding> findings,
        List<Latency> stages,
        @Nullable Instant slotsAt,
        @Nullable Slots slots,
        Clients clients,
        RoomStats rooms,
        List<RecentLog.Line> log) {

    /** @param volumeFree null if the server is elsewhere */
    record Slots(
            int serverVersion,
            @Nullable Long keepBytes,
            @Nullable Long volumeFree,
            List<SlotLine> slots,
            List<WalHoldingTransaction> holders,
            long unpublished,
            @Nullable Instant oldestUnpublished,
            long parked) {}

    record SlotLine(
            Slot slot,
            long retained,
            long unconfirmed,
            @Nullable Double growthPerSecond,
            double still,
            @Nullable Double untilLost,
            @Nullable Double untilFull) {

        static SlotLine of(SlotReport report) {
            return new SlotLine(
                    report.slot(),
                    report.retainedBytes(),
                    report.unconfirmedBytes(),
                    report.growthPerSecond(),
                    seconds(report.still()),
                    report.untilLost() == null ? null : seconds(report.untilLost()),
                    report.untilFull() == null ? null : seconds(report.untilFull()));
        }

        private static double seconds(Duration duration) {
            return duration.toMillis() / 1e3;
        }
    }

    /**
     * @param connections by the name of the wire format
     * @param queuedBytes bytes that wait for all of them together
     */
    record Clients(Map<String, Integer> connections, long queuedBytes, long slowCloses) {}
}
