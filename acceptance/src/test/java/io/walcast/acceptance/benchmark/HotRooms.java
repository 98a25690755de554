package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Yardstick.Kind;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Posts as fast as they are answered, by few conversations: ten with 32, 64 and 256 posts in flight, then one with 32. Each
 * conversation has one socket.
 */
final class HotRooms implements Section {

    private record Load(int conversations, int inFlight) {}

    private static final List<Load> LOADS =
            List.of(new Load(10, 32), new Load(10, 64), new Load(10, 256), new Load(1, 32));

    private static final int MOST_POSTS = 1_000_000;
    private static final String LISTENER = "listener";
    /** As long as a JVM continues to compile what a load has shown it, with most of a core. */
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final Duration SETTLE = Duration.ofSeconds(2);

    @Override
    public void measure(Setting setting, Report report) {
        setting.withYardstick(Kind.DIRECT, contender -> run(contender, setting, report));
        setting.withYardstick(Kind.NOTIFY, contender -> run(contender, setting, report));
        setting.withWalcast("balanced", contender -> run(contender, setting, report));
    }

    private static void run(Contender contender, Setting setting, Report report) {
        Duration warmUp = WARM_UP;
        for (Load load : LOADS) {
            try (var driver = connect(contender, load)) {
                driver.postAsFastAsAnswered(warmUp);
                warmUp = SETTLE;
                driver.awaitDelivered();
                setting.postgres().checkpoint();
                driver.measure();
                int before = driver.ledger().answered();
                var costs = new Costs(contender, setting.postgres());
                driver.postAsFastAsAnswered(setting.duration());
                int posts = driver.ledger().answered() - before;
                var row = Report.row(contender.name());
                row.put("conversations", load.conversations());
                row.put("in flight", load.inFlight());
                row.put("posts/s", posts * 1e9 / setting.duration().toNanos());
                costs.into(row, posts);
                row.put("all delivered after (s)", driver.awaitDelivered().toMillis() / 1e3);
                Speed.percentiles(row, driver.latencies());
                report.count(row, contender, driver.ledger());
                report.add("Posts to few conversations, as fast as they are answered", row);
            }
        }
    }

    private static Driver connect(Contender contender, Load load) {
        var conversations = IntStream.range(0, load.conversations())
                .mapToObj(i -> contender.createConversation(List.of(Driver.poster(i), LISTENER)))
                .toList();
        return Driver.connect(contender.port(), conversations, 1, n -> LISTENER, load.inFlight(), MOST_POSTS);
    }
}
