package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.contender.Contender;
import io.walcast.acceptance.benchmark.contender.Yardstick.Kind;
import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One room of 1,000 sockets, always with a few messages on their way to it. */
final class FanOut implements Section {

    private static final int SOCKETS = 1_000;
    private static final int USERS = 20;
    private static final int ON_THEIR_WAY = 16;
    private static final int MOST_POSTS = 200_000;
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    @Override
    public void measure(Setting setting, Report report) {
        setting.withYardstick(Kind.DIRECT, contender -> run(contender, setting, report));
        setting.withEachTransport("fanout", contender -> run(contender, setting, report));
    }

    private static void run(Contender contender, Setting setting, Report report) {
        var members = new ArrayList<>(List.of(Driver.poster(0)));
        members.addAll(IntStream.range(0, USERS).mapToObj(FanOut::listener).toList());
        var rooms = List.of(contender.createConversation(members));
        try (var driver =
                Driver.connect(contender.port(), rooms, SOCKETS, n -> listener(n % USERS), ON_THEIR_WAY, MOST_POSTS)) {
            driver.postAsFastAsDelivered(ON_THEIR_WAY, WARM_UP);
            driver.measure();
            long before = driver.ledger().arrived();
            var costs = new Costs(contender, setting.postgres());
            driver.postAsFastAsDelivered(ON_THEIR_WAY, setting.duration());
            var row = Report.row(contender.name());
            row.put(
                    "deliveries/s",
                    (driver.ledger().arrived() - before)
                            * 1e9
                            / setting.duration().toNanos());
            costs.into(row, 0);
            driver.awaitDelivered();
            row.put("p50 ms", driver.latencies().getValueAtPercentile(50) / 1e6);
            row.put("p99 ms", driver.latencies().getValueAtPercentile(99) / 1e6);
            report.count(row, contender, driver.ledger());
            report.add("Fan-out, one room of 1,000 sockets", row);
        }
    }

    private static String listener(int user) {
        return "listener-" + user;
    }
}
