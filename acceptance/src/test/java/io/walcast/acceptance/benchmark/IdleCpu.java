package io.walcast.acceptance.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a running relay costs when nothing happens, in each latency profile. */
final class IdleCpu implements Section {

    /** A start has work for a while: compiled code, first heartbeats, retention. */
    private static final Duration SETTLE = Duration.ofSeconds(40);

    @Override
    public void measure(Setting setting, Report report) {
        for (var profile : List.of("low", "balanced", "frugal")) {
            setting.withWalcast(profile, walcast -> {
                sleep(SETTLE);
                var costs = new Costs(walcast, setting.postgres());
                sleep(setting.duration());
                var row = Report.row(walcast.name());
                costs.into(row, 0);
                report.add("Idle CPU", row);
            });
        }
    }

    private static void sleep(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
