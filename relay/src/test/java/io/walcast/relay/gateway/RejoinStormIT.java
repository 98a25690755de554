package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All clients of a relay join all their conversations at once, as after its restart. */
class RejoinStormIT {

    private static final int SOCKETS = 60;
    private static final int ROOMS = 150;

    @Test
    void isOverInAMoment() {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database)) {
            var outbox = new Outbox(database);
            List<UUID> conversations =
                    Stream.generate(outbox::conversation).limit(ROOMS).toList();
            List<JsonSocket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < SOCKETS; i++) {
                    sockets.add(JsonSocket.open(relay.port(), i % 2 == 0 ? "ada" : "grace"));
                }
                // A third gives up at once.
                List<JsonSocket> impatient = sockets.subList(0, SOCKETS / 3);
                List<JsonSocket> patient = sockets.subList(SOCKETS / 3, SOCKETS);
                long begun = System.nanoTime();
                impatient.forEach(socket -> joinAll(socket, conversations));
                impatient.forEach(JsonSocket::close);
                // Twice: what is superseded need not be asked.
                patient.forEach(socket -> joinAll(socket, conversations.subList(0, 50)));
                patient.forEach(socket -> joinAll(socket, conversations));
                for (JsonSocket socket : patient) {
                    for (int answer = 0; answer < 50 + ROOMS; answer++) {
                        assertThat(socket.next().path("event").stringValue()).isEqualTo("ack");
                    }
                }
                System.out.printf(
                        "%d joins were answered after %d ms%n",
                        patient.size() * (50 + ROOMS),
                        Duration.ofNanos(System.nanoTime() - begun).toMillis());
                var meters = relay.bean(MeterRegistry.class);
                assertThat(joins(meters, "joined")).isGreaterThanOrEqualTo(patient.size() * ROOMS);
                assertThat(joins(meters, "unavailable")).isZero();
                await().until(() ->
                        meters.get("walcast.rooms.joins.waiting").gauge().value() == 0);

                outbox.post(conversations.get(ROOMS - 1), 1);
                for (JsonSocket socket : patient) {
                    assertThat(socket.next().at("/data/message/seq").longValue())
                            .isOne();
                }
            } finally {
                sockets.forEach(JsonSocket::close);
            }
        }
    }

    private static double joins(MeterRegistry meters, String result) {
        return meters.get("walcast.rooms.joins").tag("result", result).counter().count();
    }

    private static void joinAll(JsonSocket socket, List<UUID> conversations) {
        for (UUID conversation : conversations) {
            socket.send(
                    "{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "','after':0}}");
        }
    }
}
