package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Member;
import io.walcast.acceptance.Topology;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Walcast is killed and started again, and every client joins all its conversations at once. */
@ExtendWith(FaultTable.class)
class ReconnectStormIT {

    private static final int SOCKETS = Integer.getInteger("walcast.storm.sockets", 400);
    private static final int ROOMS = Integer.getInteger("walcast.storm.rooms", 200);
    private static final int SOCKETS_PER_USER = 50;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void converges() throws Exception {
        try (var trial = Trial.with().topology(Topology.ALONE).start()) {
            List<UUID> conversations = Stream.generate(() -> trial.rest().createConversation())
                    .limit(ROOMS)
                    .toList();
            int users = (SOCKETS + SOCKETS_PER_USER - 1) / SOCKETS_PER_USER;
            trial.database().sql().sql("""
                            insert into members (conversation_id, user_id)
                            select id, 'user' || n from conversations, generate_series(0, ?) n
                            """).param(users - 1).update();
            List<Member> members = new ArrayList<>();
            try {
                for (int i = 0; i < SOCKETS; i++) {
                    members.add(Member.of(
                            () -> trial.walcast().uri("ws", "/ws"), "user" + i / SOCKETS_PER_USER, conversations));
                }
                awaitJoined(members);
                trial.expose("%d clients in %d conversations come back at once".formatted(SOCKETS, ROOMS), () -> {
                            int before = asked(members);
                            var walcast = trial.walcast();
                            walcast.kill();
                            walcast.start();
                            long begun = System.nanoTime();
                            awaitJoined(members);
                            System.out.printf(
                                    "%d joins needed: all live %.1f s after the start, with %d requests to join%n",
                                    SOCKETS * ROOMS, (System.nanoTime() - begun) / 1e9, asked(members) - before);
                        })
                        .assertFlawless();
                members.forEach(member -> assertThat(member.joined()).isTrue());
            } finally {
                members.forEach(Member::close);
            }
        }
    }

    private static void awaitJoined(List<Member> members) {
        await("all are in all conversations")
                .atMost(LIMIT)
                .until(() -> members.stream().allMatch(Member::joined));
    }

    private static int asked(List<Member> members) {
        return members.stream().mapToInt(Member::asked).sum();
    }
}
