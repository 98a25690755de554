package io.walcast.relay.ops.slots;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A slot, and figures from its samples.
 *
 * @param slot as PostgreSQL shows it
 * @param retainedBytes WAL on the disk because of it
 * @param unconfirmedBytes WAL that its reader has not acknowledged
 * @param growthPerSecond growth of the WAL that it holds, in bytes per second; null while too little is known
 * @param still for how long the confirmed position has stood still although others wrote
 * @param held the same of the restart position
 * @param untilLost time until it may be lost at the present growth; null beyond the horizon
 * @param untilFull time until the volume is full, if that can be known; null beyond the horizon
 */
public record SlotReport(
        Slot slot,
        long retainedBytes,
        long unconfirmedBytes,
        @Nullable Double growthPerSecond,
        Duration still,
        Duration held,
        @Nullable Duration untilLost,
        @Nullable Duration untilFull) {

    /** A longer time is not reported. */
    private static final Duration HORIZON = Duration.ofDays(7);

    static SlotReport of(Slot slot, long current, SlotTrend trend, @Nullable Long volumeFree) {
        Double growth = trend.growth();
        return new SlotReport(
                slot,
                slot.restart() == null ? 0 : Math.max(0, current - slot.restart()),
                slot.confirmed() == null ? 0 : Math.max(0, current - slot.confirmed()),
                growth,
                trend.still(),
                trend.held(),
                until(slot.safeBytes(), growth),
                until(volumeFree, growth));
    }

    private static @Nullable Duration until(@Nullable Long bytes, @Nullable Double growth) {
        if (bytes == null || growth == null) {
            return null;
        }
        double seconds = Math.max(0, bytes) / growth;
        return seconds < HORIZON.toSeconds() ? Duration.ofMillis((long) (seconds * 1_000)) : null;
    }
}
