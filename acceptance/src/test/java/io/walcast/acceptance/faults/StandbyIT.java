package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Topology;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two relays, of which one owns the slot: the other takes over when that is gone, and never before. */
@ExtendWith(FaultTable.class)
class StandbyIT {

    private static final int KILLS = 10;
    private static final Duration AFTER_KILL = Duration.ofSeconds(3);
    private static final Duration AFTER_CUT = Duration.ofSeconds(15);

    @Test
    void takesOverWithinThreeSecondsOfEachOfTenKills() throws Exception {
        try (var trial = Trial.with().topology(Topology.STANDBY).start()) {
            var takeovers = new ArrayList<Duration>();
            trial.expose("owner killed, ten times", () -> {
                        for (var kill = 1; kill <= KILLS; kill++) {
                            var owner = trial.walcast();
                            owner.kill();
                            var takeover = trial.awaitDelivery();
                            System.out.printf("kill %d: delivered again after %d ms%n", kill, takeover.toMillis());
                            takeovers.add(takeover);
                            owner.launch();
                            owner.awaitState("STANDBY");
                        }
                    })
                    .assertFlawless();

            assertThat(takeovers).allSatisfy(takeover -> assertThat(takeover).isLessThanOrEqualTo(AFTER_KILL));
        }
    }

    @Test
    void takesOverWithinFifteenSecondsOfACutNetwork() throws Exception {
        try (var trial =
                Trial.with().topology(Topology.STANDBY).databaseThroughProxy().start()) {
            var owner = trial.walcast();
            var standby = trial.standbyOf(owner);
            var verdict = trial.expose("owner cut off from PostgreSQL", () -> {
                        trial.databaseNetworkOf(owner).blackOut();
                        await("the owner is not ready any more").until(() -> !owner.isReady());
                        assertThat(standby.isUp())
                                .as("the standby delivers already")
                                .isFalse();
                    })
                    .assertFlawless();

            var sinceCut = verdict.held().plus(verdict.recovery());
            System.out.println("from the cut to the next message at a client: " + sinceCut);
            assertThat(sinceCut).isLessThanOrEqualTo(AFTER_CUT);
            assertThat(trial.walcast()).isSameAs(standby);
            trial.databaseNetworkOf(owner).heal();
            owner.awaitState("STANDBY");
        }
    }

    @Test
    void aPausedOwnerThatWakesUpStandsBy() throws Exception {
        try (var trial = Trial.with().topology(Topology.STANDBY).start()) {
            var owner = trial.walcast();
            trial.expose("owner paused until the standby has taken over", () -> {
                        Signal.STOP.send(owner.pid());
                        trial.standbyOf(owner).awaitUp();
                        trial.awaitDelivery();
                        Signal.CONT.send(owner.pid());
                    })
                    .assertFlawless();

            owner.awaitState("STANDBY");
            assertThat(trial.walcast()).isSameAs(trial.standbyOf(owner));
        }
    }

    @Test
    void aPausedOwnerThatIsNeededAgainReadsOnFromTheTable() throws Exception {
        try (var trial = Trial.with().topology(Topology.STANDBY).start()) {
            var owner = trial.walcast();
            var standby = trial.standbyOf(owner);
            trial.expose("owner paused, standby takes over and is killed, owner wakes up", () -> {
                        Signal.STOP.send(owner.pid());
                        standby.awaitUp();
                        trial.awaitDelivery();
                        await("what was delivered is marked")
                                .until(() -> trial.database().unmarked() < 20);
                        standby.kill();
                        Signal.CONT.send(owner.pid());
                    })
                    .assertFlawless()
                    .assertPushed();

            assertThat(trial.walcast()).isSameAs(owner);
        }
    }
}
