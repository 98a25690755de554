package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;

/**
 * What became of the messages of one trial. Counts are sums over all clients.
 *
 * @param posts messages that are stored
 * @param disagreements differences between the answers to posts and what is stored
 * @param lost messages that a client which resumes never got
 * @param divergent clients that know something else than the tables 5 s after all is delivered, of those that fold all events
 * @param lostByStaying messages that a client which joined once never got; where the gateway ended, it could not
 * @param repeatedOnTheWire messages that came again to a client
 * @param inFlight rows that were committed but not yet marked when the fault struck
 * @param repeatedAfterDeduplication messages that a user saw again
 * @param outOfOrder messages whose first arrival came after that of a later one
 * @param unmarked rows that are neither published nor parked
 * @param parked rows that are parked
 * @param oddAnswers answers to posts that are neither 201 nor 503 with Retry-After
 * @param held how long the test kept the thing broken
 * @param recovery from then on until a message posted afterwards arrived
 * @param completed whether everything was delivered and marked in time
 * @param refused attempts to post that were answered 503 with Retry-After
 * @param latencies from post to arrival, ascending, of what was posted since the fault struck
 */
public record Verdict(
        String fault,
        long posts,
        long disagreements,
        long lost,
        long divergent,
        long lostByStaying,
        long repeatedOnTheWire,
        long inFlight,
        long repeatedAfterDeduplication,
        long outOfOrder,
        long unmarked,
        long parked,
        Set<String> oddAnswers,
        Duration held,
        Duration recovery,
        boolean completed,
        long refused,
        List<Duration> latencies) {

    /** Asserts all that Walcast promises under any fault that is no row's own. */
    public Verdict assertFlawless() {
        return assertFlawlessBut(0);
    }

    /** As {@link #assertFlawless()}, with so many rows parked. */
    public Verdict assertFlawlessBut(int parkedRows) {
        SoftAssertions.assertSoftly(softly -> {
            softly.assertThat(disagreements)
                    .as("answers and stored messages disagree")
                    .isZero();
            softly.assertThat(oddAnswers).as("answers that no post may get").isEmpty();
            softly.assertThat(lost).as("lost").isZero();
            softly.assertThat(divergent)
                    .as("clients that know something else than the tables")
                    .isZero();
            softly.assertThat(repeatedOnTheWire).as("repeated on the wire").isLessThanOrEqualTo(inFlight);
            softly.assertThat(repeatedAfterDeduplication)
                    .as("repeated after de-duplication")
                    .isZero();
            softly.assertThat(outOfOrder).as("out of order").isZero();
            softly.assertThat(unmarked).as("rows unmarked").isZero();
            softly.assertThat(parked).as("rows parked").isEqualTo(parkedRows);
            softly.assertThat(completed).as("completed in time").isTrue();
        });
        return this;
    }

    /** Asserts that clients which never join again have everything: what the relay brought, not what a resume read. */
    public Verdict assertPushed() {
        assertThat(lostByStaying).as("lost by clients that never join again").isZero();
        return this;
    }

    /** The latency that this part of the messages did not exceed, such as 0.99. */
    public Duration latency(double quantile) {
        return latencies.get((int) Math.min(latencies.size() - 1, Math.round(quantile * latencies.size())));
    }

    static String tableHead() {
        return """
                | fault | posts | lost | divergent clients | repeated on the wire | repeated after de-duplication | out of order | rows unmarked | rows parked | held broken (s) | recovered after (s) |
                |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """;
    }

    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %.1f | %.2f |",
                fault,
                posts,
                lost,
                divergent,
                repeatedOnTheWire,
                repeatedAfterDeduplication,
                outOfOrder,
                unmarked,
                parked,
                seconds(held),
                seconds(recovery));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
