package io.walcast.relay.doctor;

import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether this machine and the server agree on the time: latencies are measured from one clock to the other. */
final class ClockCheck implements Check {

    private static final long TOLERATED_MILLIS = 1_000;

    private static final String NOW = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";

    @Override
    public String topic() {
        return "clock";
    }

    @Override
    public List<Finding> ask(JdbcClient jdbc) {
        long before = System.currentTimeMillis();
        long there = jdbc.sql(NOW).query(Long.class).single();
        return List.of(judge(before, there, System.currentTimeMillis()));
    }

    /** The server's clock was read at some time between the two readings of this one. */
    Finding judge(long before, long there, long after) {
        long difference = there < before ? there - before : Math.max(0, there - after);
        if (Math.abs(difference) <= TOLERATED_MILLIS) {
            return Finding.ok(topic(), "this machine and the server agree to the second");
        }
        return Finding.warning(
                topic(),
                String.format(
                        Locale.ROOT,
                        "the server's is %.1f s %s that of this machine: latencies are wrong by as much",
                        Math.abs(difference) / 1_000.0,
                        difference < 0 ? "behind" : "ahead of"),
                "timedatectl set-ntp true");
    }
}
