package io.walcast.relay.ops.slots;

import io.walcast.relay.ops.slots.ServerReadings.Server;
import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Takes a sample of the server's slots every few seconds and keeps the newest.
 *
 * <p><b>Lifecycle.</b> Runs with the application context. <b>Concurrency.</b> One thread asks PostgreSQL; any thread
 * may read the result. <b>Error policy.</b> A sample that fails leaves the last one in place. Repeated failures are
 * logged once.
 */
@Component
public final class SlotMonitor extends LifecycleThread {

    private static final Logger LOG = LoggerFactory.getLogger(SlotMonitor.class);

    /** The outbox is read once in this many samples: under load that is some ten thousand rows. */
    private static final int SAMPLES_A_BACKLOG = 5;

    private final SlotMonitorSettings settings;
    private final ServerReadings readings;
    private final SlotMeters meters;
    private final SlotHistory history = new SlotHistory();

    private volatile @Nullable Sample newest;

    /** Of the sampling thread, as is all that follows. */
    private final Map<String, SlotTrend> trends = new HashMap<>();

    private int samples;
    private Backlog backlog = new Backlog(0, null, 0, null);
    private boolean failing;

    SlotMonitor(SlotMonitorSettings settings, ServerReadings readings, SlotMeters meters) {
        super("walcast-slot-monitor", ShutdownOrder.BACKGROUND);
        this.settings = settings;
        this.readings = readings;
        this.meters = meters;
    }

    /** The newest sample; empty until there is one. */
    public Optional<Sample> newest() {
        return Optional.ofNullable(newest);
    }

    /** How often a sample is due. */
    public Duration interval() {
        return settings.interval();
    }

    public SlotHistory history() {
        return history;
    }

    @Override
    protected void run() {
        while (!stopping()) {
            try {
                Sample sample = sample();
                history.add(sample);
                newest = sample;
                meters.show(sample, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
                failing = false;
            } catch (DataAccessException e) {
                if (!failing && !stopping()) {
                    LOG.warn("The slots could not be read, trying again: {}", e.getMessage());
                }
                failing = true;
            }
            pause();
        }
    }

    /** A driver may have consumed the interrupt of the stop. */
    private void pause() {
        if (stopping()) {
            return;
        }
        try {
            Thread.sleep(settings.interval().toMillis());
        } catch (InterruptedException e) {
            // only stop() interrupts: the loop sees that it is stopping
        }
    }

    private Sample sample() {
        Server server = readings.server();
        List<Slot> slots = readings.slots();
        long now = System.nanoTime();
        if (samples++ % SAMPLES_A_BACKLOG == 0) {
            backlog = readings.backlog();
        }
        Long free = WalVolume.freeBytes(server);
        List<SlotReport> reports = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            SlotTrend trend = trends.computeIfAbsent(slot.name(), name -> new SlotTrend());
            trend.add(now, server.position(), slot);
            reports.add(SlotReport.of(slot, server.position(), trend, free));
        }
        trends.keySet().retainAll(slots.stream().map(Slot::name).toList());
        return new Sample(
                Instant.now(),
                server.version(),
                server.position(),
                server.keepBytes(),
                free,
                List.copyOf(reports),
                readings.holders(),
                backlog);
    }
}
