package io.walcast.relay.ops.slots;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The newest sample as meters. Those of slots have the tags {@code slot} and {@code ours}; an unknown value is NaN.
 *
 * <p>One thread shows samples, any may read meters.
 */
@Component
class SlotMeters {

    private final Map<MultiGauge, ToDoubleFunction<SlotReport>> gauges = new HashMap<>();
    private List<Tags> registered = List.of();
    private volatile @Nullable Sample newest;
    private volatile long cpuNanos;

    SlotMeters(MeterRegistry meters) {
        slotGauge(meters, "retained", "bytes", "WAL on the disk because of the slot", SlotReport::retainedBytes);
        slotGauge(meters, "unconfirmed", "bytes", "WAL that is not acknowledged", SlotReport::unconfirmedBytes);
        slotGauge(
                meters,
                "safe",
                "bytes",
                "WAL that may still be written before the slot can be lost",
                report -> orNaN(report.slot().safeBytes()));
        slotGauge(
                meters,
                "growth",
                "bytes_per_second",
                "Growth of the WAL that the slot holds",
                report -> orNaN(report.growthPerSecond()));
        slotGauge(
                meters,
                "until.lost",
                "seconds",
                "Until the slot can be lost, at the present growth",
                report -> seconds(report.untilLost()));
        slotGauge(
                meters,
                "until.full",
                "seconds",
                "Until the volume of the WAL is full, at the present growth",
                report -> seconds(report.untilFull()));
        slotGauge(
                meters,
                "still",
                "seconds",
                "For how long the confirmed position has stood still although others wrote",
                report -> seconds(report.still()));
        slotGauge(
                meters,
                "held",
                "seconds",
                "For how long the restart position has stood still although others wrote",
                report -> seconds(report.held()));
        slotGauge(
                meters,
                "active",
                null,
                "1 if somebody reads the slot",
                report -> report.slot().active() ? 1 : 0);
        slotGauge(
                meters,
                "lost",
                null,
                "1 if PostgreSQL invalidated the slot",
                report -> report.slot().lost() ? 1 : 0);

        Gauge.builder("walcast.slots", () -> newest(sample -> sample.slots().size()))
                .description("Replication slots of the server")
                .register(meters);
        TimeGauge.builder("walcast.slots.sample.age", () -> newest(sample -> age(sample.at())), TimeUnit.SECONDS)
                .description("Age of the newest sample of the slots")
                .register(meters);
        TimeGauge.builder("walcast.wal.oldest.transaction.age", this::oldestTransaction, TimeUnit.SECONDS)
                .description("Age of the oldest transaction that has written something, 0 if none is older than 5 s")
                .register(meters);
        Gauge.builder("walcast.outbox.unpublished", () -> newest(backlog(Backlog::unpublished)))
                .description("Outbox rows that are neither published nor parked, counted up to " + Backlog.MOST)
                .register(meters);
        TimeGauge.builder(
                        "walcast.outbox.oldest.unpublished.age",
                        () -> newest(backlog(known -> age(known.oldest()))),
                        TimeUnit.SECONDS)
                .description("Age of the oldest of them, 0 if there is none")
                .register(meters);
        Gauge.builder("walcast.outbox.parked", () -> newest(backlog(Backlog::parked)))
                .description("Outbox rows whose delivery was given up")
                .register(meters);
        FunctionCounter.builder("walcast.slots.monitor.cpu", this, known -> known.cpuNanos / 1e9)
                .baseUnit("seconds")
                .description("Processor time of this monitor")
                .register(meters);
    }

    private void slotGauge(
            MeterRegistry meters,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<SlotReport> value) {
        gauges.put(
                MultiGauge.builder("walcast.slot." + name)
                        .baseUnit(unit)
                        .description(description)
                        .register(meters),
                value);
    }

    /** @param cpuNanos the processor time that all samples took in this process */
    void show(Sample sample, long cpuNanos) {
        this.newest = sample;
        this.cpuNanos = cpuNanos;
        List<Tags> present = sample.slots().stream().map(SlotMeters::tags).toList();
        if (!present.equals(registered)) {
            registered = present;
            gauges.forEach((gauge, value) -> gauge.register(
                    present.stream()
                            .map(tags -> MultiGauge.Row.of(tags, () -> newest(slot(tags, value))))
                            .toList(),
                    true));
        }
    }

    private double newest(ToDoubleFunction<Sample> value) {
        Sample sample = newest;
        return sample == null ? Double.NaN : value.applyAsDouble(sample);
    }

    private static ToDoubleFunction<Sample> slot(Tags tags, ToDoubleFunction<SlotReport> value) {
        return sample -> sample.slots().stream()
                .filter(report -> tags(report).equals(tags))
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static ToDoubleFunction<Sample> backlog(ToDoubleFunction<Backlog> value) {
        return sample -> value.applyAsDouble(sample.backlog());
    }

    private static Tags tags(SlotReport report) {
        return Tags.of(
                "slot",
                report.slot().name(),
                "ours",
                Boolean.toString(report.slot().ours()));
    }

    private double oldestTransaction() {
        return newest(sample ->
                sample.holders().isEmpty() ? 0 : age(sample.holders().get(0).since()));
    }

    private static double age(@Nullable Instant since) {
        return since == null
                ? 0
                : Math.max(0, Duration.between(since, Instant.now()).toMillis() / 1e3);
    }

    private static double seconds(@Nullable Duration duration) {
        return duration == null ? Double.NaN : duration.toMillis() / 1e3;
    }

    private static double orNaN(@Nullable Number number) {
        return number == null ? Double.NaN : number.doubleValue();
    }
}
