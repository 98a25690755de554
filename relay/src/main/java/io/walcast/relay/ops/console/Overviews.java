package io.walcast.relay.ops.console;

import static java.util.stream.Collectors.toMap;

import io.walcast.relay.delivery.MessageStages;
import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.ops.Condition;
import io.walcast.relay.ops.RelayCondition;
import io.walcast.relay.ops.slots.Sample;
import io.walcast.relay.ops.slots.SlotMonitor;
import io.walcast.relay.rooms.Rooms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes a snapshot of the process once a second at most, for all viewers. Thread-safe; queries no database. */
@Component
class Overviews {

    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration LATELY = Duration.ofMinutes(1);
    private static final int LARGEST_ROOMS = 10;

    private final RelayCondition relay;
    private final SlotMonitor slots;
    private final MessageStages stages;
    private final Rooms rooms;
    private final List<ClientFormat> formats;
    private final Connections connections;
    private final RecentLog log;
    private @Nullable Overview newest;

    Overviews(
            RelayCondition relay,
            SlotMonitor slots,
            MessageStages stages,
            Rooms rooms,
            List<ClientFormat> formats,
            Connections connections,
            RecentLog log) {
        this.relay = relay;
        this.slots = slots;
        this.stages = stages;
        this.rooms = rooms;
        this.formats = formats;
        this.connections = connections;
        this.log = log;
    }

    synchronized Overview newest() {
        Overview known = newest;
        if (known == null || Duration.between(known.at(), Instant.now()).compareTo(FRESH) > 0) {
            known = look();
            newest = known;
        }
        return known;
    }

    private Overview look() {
        Instant now = Instant.now();
        Condition condition = relay.now();
        Sample sample = slots.newest().orElse(null);
        return new Overview(
                now,
                condition,
                Diagnosis.of(condition, sample, slots.interval(), now),
                Latency.of(stages.since(now.minus(LATELY)), connections.recentWrites(LATELY)),
                sample == null ? null : sample.at(),
                sample == null ? null : slots(sample),
                new Overview.Clients(
                        formats.stream().collect(toMap(ClientFormat::protocol, ClientFormat::connections)),
                        connections.budget().used(),
                        connections.budget().slowClients()),
                rooms.stats(LARGEST_ROOMS),
                log.newest());
    }

    private static Overview.Slots slots(Sample sample) {
        List<Overview.SlotLine> lines =
                sample.slots().stream().map(Overview.SlotLine::of).toList();
        return new Overview.Slots(
                sample.serverVersion(),
                sample.keepBytes(),
                sample.volumeFreeBytes(),
                lines,
                sample.holders(),
                sample.backlog().unpublished(),
                sample.backlog().oldest(),
                sample.backlog().parked());
    }
}
