package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Walcast;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** What 10,000 connected clients cost that have joined a room and hear nothing but pings. */
final class IdleConnections implements Section {

    private static final int ROOMS = 100;
    private static final int SOCKETS_PER_ROOM = 100;

    /** Two pings of the server, and some. */
    private static final Duration PINGS = Duration.ofSeconds(55);

    @Override
    public void measure(Setting setting, Report report) {
        setting.withEachTransport("connections", walcast -> {
            List<UUID> rooms = IntStream.range(0, ROOMS)
                    .mapToObj(i -> walcast.createConversation(List.of(Driver.poster(i), listener(i))))
                    .toList();
            // A few, so that what all of them share is there before.
            connect(walcast, rooms.subList(0, 5)).close();
            long heap = ServerMemory.liveHeap(walcast);
            long rss = ServerMemory.resident(walcast);
            try (var driver = connect(walcast, rooms)) {
                int sockets = ROOMS * SOCKETS_PER_ROOM;
                var row = Report.row(walcast.name());
                row.put("connections", sockets);
                row.put("heap KB each", (ServerMemory.liveHeap(walcast) - heap) / 1e3 / sockets);
                var costs = new Costs(walcast, setting.postgres());
                driver.sleep(PINGS);
                row.put("RSS KB each", (ServerMemory.resident(walcast) - rss) / 1e3 / sockets);
                row.put("longest time between pings (s)", driver.ledger().longestPing() / 1e9);
                costs.into(row, 0);
                report.add("Idle connections", row);
            }
        });
    }

    private static Driver connect(Walcast walcast, List<UUID> rooms) {
        return Driver.connect(walcast.port(), rooms, SOCKETS_PER_ROOM, n -> listener(n / SOCKETS_PER_ROOM), 0, 0);
    }

    private static String listener(int room) {
        return "listener-" + room;
    }
}
