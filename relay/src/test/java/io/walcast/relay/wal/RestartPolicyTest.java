package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.RestartPolicy.Next;
import io.walcast.relay.wal.WalStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class RestartPolicyTest {

    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final RestartPolicy policy = new RestartPolicy(
            new WalSettings("walcast", "walcast", LatencyProfile.BALANCED, Duration.ofSeconds(1), STALL_TIMEOUT));

    @Test
    void pausesDoubleUpToFiveSecondsUntilAnEngineDoesItsWork() {
        assertThat(IntStream.range(0, 8).mapToLong(i -> after(failure()).pause().toMillis()))
                .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);

        policy.progressed(Duration.ofSeconds(1));

        assertThat(after(failure())).satisfies(next -> {
            assertThat(next.state()).isEqualTo(State.RESTARTING);
            assertThat(next.reason()).isEqualTo("broken");
            assertThat(next.pause()).isEqualTo(RestartPolicy.FIRST_PAUSE);
            assertThat(next.releases()).isFalse();
        });
    }

    @Test
    void aFailureThatOpsMustMendReleasesTheSlotAndIsTriedAgainEveryTenSeconds() {
        var refused = new SQLException("password authentication failed", "28P01");

        assertThat(LongStream.range(0, 6).map(i -> after(refused).pause().toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
        assertThat(after(refused).state()).isEqualTo(State.FAILED);
        assertThat(after(refused).releases()).isTrue();
        assertThat(after(refused).reason()).contains("walcast.relay.database");
    }

    @Test
    void anOwnerWhoseEnginesFailThreeTimesLetsAnotherRelayTry() {
        assertThat(afterWithOthers(failure()).letsOthersTry()).isFalse();
        assertThat(afterWithOthers(failure()).letsOthersTry()).isFalse();
        assertThat(afterWithOthers(failure())).satisfies(next -> {
            assertThat(next.letsOthersTry()).isTrue();
            assertThat(next.pause()).isEqualTo(RestartPolicy.LETS_OTHERS_TRY);
        });
        assertThat(afterWithOthers(failure()).letsOthersTry())
                .as("its own next try counts from the beginning")
                .isFalse();
    }

    @Test
    void anOwnerThatIsAloneKeepsTheSlotHoweverOftenItsEnginesFail() {
        assertThat(IntStream.range(0, 20).mapToObj(i -> after(failure())))
                .noneMatch(Next::letsOthersTry)
                .noneMatch(Next::releases);
    }

    @Test
    void anEngineThatHangsIsReasonEnough() {
        assertThat(afterWithOthers(new SickEngineException("stands still")).letsOthersTry())
                .isTrue();
    }

    @Test
    void anEngineThatWorkedForAWhileEndsTheCountAndOneThatDidNotDoesNot() {
        afterWithOthers(failure());
        afterWithOthers(failure());
        policy.progressed(LONG);
        assertThat(afterWithOthers(failure()).letsOthersTry()).isFalse();
        policy.progressed(Duration.ofSeconds(1));
        afterWithOthers(failure());
        assertThat(afterWithOthers(failure()).letsOthersTry()).isTrue();
    }

    @Test
    void anEndThatWasAskedForIsNoFailure() {
        for (int i = 0; i < 10; i++) {
            assertThat(afterWithOthers(new RequestedEndException("a restart was asked for")))
                    .satisfies(next -> {
                        assertThat(next.letsOthersTry()).isFalse();
                        assertThat(next.pause()).isEqualTo(RestartPolicy.FIRST_PAUSE);
                    });
        }
    }

    @Test
    void aFormerOwnerReleasesAndOffersNothing() {
        for (int i = 0; i < 5; i++) {
            assertThat(afterWithOthers(new NotOwnerException())).satisfies(next -> {
                assertThat(next.releases()).isTrue();
                assertThat(next.letsOthersTry()).isFalse();
            });
        }
    }

    @Test
    void aSinkThatIsDownBlocksAndAChangeWithoutAPublicationReplacesTheSlot() {
        assertThat(after(new SinkDownException("Kafka does not answer")).state())
                .isEqualTo(State.BLOCKED);
        assertThat(after(refused("Publikation »walcast« existiert nicht", "get_publication_oid"))
                        .replacesSlot())
                .isTrue();
        assertThat(after(refused("replication slot \"walcast\" does not exist", "SearchNamedReplicationSlot"))
                        .replacesSlot())
                .isFalse();
    }

    @Test
    void theStallTimeoutDoublesUpToTenMinutesUntilAnEngineDoesItsWork() {
        assertThat(LongStream.range(0, 8).map(i -> policy.nextStallTimeout().toSeconds()))
                .containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L);

        policy.progressed(Duration.ofSeconds(1));

        assertThat(policy.nextStallTimeout()).isEqualTo(STALL_TIMEOUT);
    }

    /** What PostgreSQL answers, in the language of the server. */
    private static Exception refused(String message, String routine) {
        return new IllegalStateException(
                new PSQLException(new ServerErrorMessage("SERROR\0C42704\0M" + message + "\0R" + routine + "\0")));
    }

    private Next after(Exception failure) {
        return policy.after(failure, false);
    }

    private Next afterWithOthers(Exception failure) {
        return policy.after(failure, true);
    }

    private static Exception failure() {
        return new IllegalStateException("broken");
    }
}
