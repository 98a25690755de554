package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Topology;
import io.walcast.acceptance.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two relays, Kafka and two gateways: each may go, and clients find what they missed on whichever is left. */
@ExtendWith(FaultTable.class)
class KafkaIT {

    private static final int KILLS = 3;

    @Test
    void brokerRestarted() throws Exception {
        try (var trial = start()) {
            trial.expose("Kafka: broker restarted", () -> {
                        trial.broker().stop();
                        trial.broker().start();
                    })
                    .assertFlawless()
                    .assertPushed();
            assertThat(trial.staying()).hasSameSizeAs(trial.conversations());
        }
    }

    @Test
    void brokerAwayForLongerThanARelayWaits() throws Exception {
        try (var trial = start()) {
            trial.expose("Kafka: broker stopped until the relay says so", () -> {
                        var relay = trial.walcast();
                        trial.broker().stop();
                        relay.awaitState("BLOCKED");
                        trial.broker().start();
                    })
                    .assertFlawless()
                    .assertPushed();
            assertThat(trial.staying()).hasSameSizeAs(trial.conversations());
        }
    }

    @Test
    void gatewayKilled() throws Exception {
        try (var trial = start()) {
            trial.expose("Kafka: each gateway killed in turn", () -> {
                        for (var gateway : trial.gateways()) {
                            gateway.kill();
                            trial.awaitDelivery();
                            gateway.launch();
                            gateway.awaitReady();
                        }
                    })
                    .assertFlawless();
        }
    }

    @Test
    void relayKilled() throws Exception {
        try (var trial = start()) {
            trial.expose("Kafka: relay killed, " + KILLS + " times", () -> {
                        for (var kill = 1; kill <= KILLS; kill++) {
                            var owner = trial.walcast();
                            owner.kill();
                            System.out.printf(
                                    "kill %d: delivered again after %d ms%n",
                                    kill, trial.awaitDelivery().toMillis());
                            owner.launch();
                            owner.awaitState("STANDBY");
                        }
                    })
                    .assertFlawless()
                    .assertPushed();
            assertThat(trial.staying()).hasSameSizeAs(trial.conversations());
        }
    }

    @Test
    void pausedOwner() throws Exception {
        try (var trial = start()) {
            var owner = trial.walcast();
            trial.expose("Kafka: owner paused until the standby has taken over", () -> {
                        Signal.STOP.send(owner.pid());
                        trial.standbyOf(owner).awaitUp();
                        trial.awaitDelivery();
                        Signal.CONT.send(owner.pid());
                    })
                    .assertFlawless()
                    .assertPushed();
            owner.awaitState("STANDBY");
        }
    }

    private static Trial start() {
        return Trial.with().topology(Topology.KAFKA).start();
    }
}
