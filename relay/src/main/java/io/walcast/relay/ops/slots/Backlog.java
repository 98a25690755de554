package io.walcast.relay.ops.slots;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rows that wait in the outbox.
 *
 * @param unpublished rows that are neither published nor parked; counted up to {@link #MOST}, and
 *     for two seconds
 * @param oldest when the oldest of them was written
 * @param parked rows whose delivery was given up
 * @param oldestParked when the oldest of those was given up
 */
public record Backlog(
        long unpublished,
        @Nullable Instant oldest,
        long parked,
        @Nullable Instant oldestParked) {

    public static final long MOST = 100_000;
}
