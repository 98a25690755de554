package io.walcast.relay.ops.console;

import io.walcast.relay.delivery.MessageStages.Stages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recent latency of one stage, in milliseconds.
 *
 * @param samples how many are known
 * @param median null if there are none
 * @param p99 null if there are none
 */
record Latency(
        String stage,
        int samples,
        @Nullable Double median,
        @Nullable Double p99) {

    /** The latencies of recent rows, in the order of the stages. */
    static List<Latency> of(List<Stages> ways, long[] writeNanos) {
        List<Latency> stages = new ArrayList<>();
        stages.add(of("read", ways, way -> between(way.committedAt(), way.readAt())));
        stages.add(of("delivered", ways, way -> between(way.readAt(), way.deliveredAt())));
        stages.add(of("written", writeNanos.clone()));
        stages.add(of("marked", ways, way -> between(way.deliveredAt(), way.markedAt())));
        return stages;
    }

    private static Latency of(String stage, List<Stages> ways, Function<Stages, @Nullable Duration> time) {
        return of(
                stage,
                ways.stream()
                        .flatMap(way -> Stream.ofNullable(time.apply(way)))
                        .mapToLong(Duration::toNanos)
                        .toArray());
    }

    private static Latency of(String stage, long[] nanos) {
        Arrays.sort(nanos);
        return new Latency(stage, nanos.length, quantile(nanos, 0.5), quantile(nanos, 0.99));
    }

    private static @Nullable Double quantile(long[] sorted, double share) {
        if (sorted.length == 0) {
            return null;
        }
        long nanos = sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
        return Math.max(0, nanos / 10_000) / 100.0;
    }

    private static @Nullable Duration between(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null ? null : Duration.between(from, to);
    }
}
