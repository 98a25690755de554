package io.walcast.relay.wal;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.walcast.relay.wal.Doubt.Cause;
import io.walcast.relay.wal.WalStatus.State;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * The meters of the WAL side: its state, its restarts, and the figures that the engine publishes over JMX.
 *
 * <p>The engine's figures are NaN while it does not run; its names for them are in Debezium's documentation under
 * "streaming metrics".
 */
@Component
class WalMeters implements MeterBinder {

    /** Names of meters by names of attributes; all are numbers. */
    private static final Map<String, String> ENGINE_GAUGES = Map.of(
            "MilliSecondsBehindSource", "walcast.debezium.behind.source.milliseconds",
            "MilliSecondsSinceLastEvent", "walcast.debezium.since.last.event.milliseconds",
            "TotalNumberOfEventsSeen", "walcast.debezium.events.seen",
            "NumberOfCommittedTransactions", "walcast.debezium.committed.transactions",
            "NumberOfErroneousEvents", "walcast.debezium.erroneous.events",
            "QueueTotalCapacity", "walcast.debezium.queue.capacity",
            "QueueRemainingCapacity", "walcast.debezium.queue.remaining");

    private final WalSupervisor supervisor;

    WalMeters(WalSupervisor supervisor) {
        this.supervisor = supervisor;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (State state : State.values()) {
            Gauge.builder(
                            "walcast.relay.state",
                            supervisor,
                            relay -> relay.status().state() == state ? 1 : 0)
                    .tag("state", state.name())
                    .description("1 for the state that the relay is in, 0 for all others")
                    .register(meters);
        }
        FunctionCounter.builder(
                        "walcast.relay.restarts",
                        supervisor,
                        relay -> relay.status().restarts())
                .description("Engines that ended and were replaced")
                .register(meters);
        for (Cause cause : Cause.values()) {
            FunctionCounter.builder("walcast.relay.doubts", supervisor, relay -> relay.doubts(cause))
                    .tag("cause", cause.name())
                    .description("Doubts whether the slot brings every row, each followed by a sweep")
                    .register(meters);
        }
        for (Obstacle obstacle : Obstacle.values()) {
            Gauge.builder(
                            "walcast.relay.obstacle",
                            supervisor,
                            relay -> relay.status().obstacle() == obstacle ? 1 : 0)
                    .tag("obstacle", obstacle.name())
                    .description("1 while this cause outside of the relay prevents delivery, else 0")
                    .register(meters);
        }
        ENGINE_GAUGES.forEach((attribute, name) -> Gauge.builder(name, () -> EngineBeans.streaming(attribute))
                .description("Debezium's " + attribute)
                .register(meters));
    }
}
