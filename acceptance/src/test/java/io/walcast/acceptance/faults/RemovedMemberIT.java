package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Member;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Members are removed while they catch up, and the relay does not get to hear of it. */
@ExtendWith(FaultTable.class)
class RemovedMemberIT {

    private static final int MEMBERS = 10;

    /** Together more than what waits for a client in the server and on the way. */
    private static final int HISTORY = 600;

    private static final String CONTENT = "x".repeat(20_000);

    @Test
    void whileTheyCatchUpAndTheRelayLags() throws Exception {
        try (var trial = Trial.start()) {
            var conversation = trial.rest().createConversation();
            List<String> users =
                    IntStream.range(0, MEMBERS).mapToObj(i -> "member" + i).toList();
            users.forEach(user -> add(trial, conversation, user));
            IntStream.range(0, HISTORY).forEach(i -> trial.rest().post(conversation, CONTENT));
            List<Member> members = new ArrayList<>();
            try {
                trial.expose("members removed while they catch up and the relay lags", () -> {
                            long walsender = trial.database().walsender();
                            Signal.STOP.send(walsender);
                            try {
                                remove(trial, conversation, users, members);
                            } finally {
                                Signal.CONT.send(walsender);
                            }
                            forget(trial, conversation);
                        })
                        .assertFlawless()
                        .assertPushed();
            } finally {
                members.forEach(Member::close);
            }
        }
    }

    private static void remove(Trial trial, UUID conversation, List<String> users, List<Member> members) {
        int gateway = 0;
        for (String user : users) {
            var live = trial.gateways().stream()
                    .filter(process -> process.isAlive())
                    .toList();
            var process = live.get(gateway++ % live.size());
            members.add(Member.of(() -> process.uri("ws", "/ws"), user, List.of(conversation)));
        }
        await("all have begun to catch up")
                .atMost(Duration.ofSeconds(30))
                .until(() -> members.stream().allMatch(member -> {
                    if (member.received(conversation) > 0) {
                        member.stopReading();
                        return true;
                    }
                    return false;
                }));
        users.forEach(user -> trial.rest().removeMember(conversation, user));
        IntStream.range(0, 20).forEach(i -> trial.rest().post(conversation, CONTENT));
        members.forEach(Member::readOn);
        await("all are refused")
                .atMost(Duration.ofSeconds(30))
                .until(() -> members.stream().allMatch(member -> "not_found".equals(member.refusal(conversation))));
        for (int i = 0; i < users.size(); i++) {
            long last = lastBeforeRemoval(trial, conversation, users.get(i));
            assertThat(members.get(i).received(conversation))
                    .as("%s, removed after %d", users.get(i), last)
                    .isBetween(1L, last);
            assertThat(members.get(i).putOut()).isOne();
        }
        System.out.printf(
                "of %d messages, members read up to %s%n",
                HISTORY + 20,
                members.stream().map(member -> member.received(conversation)).toList());
    }

    private static void add(Trial trial, UUID conversation, String user) {
        trial.database()
                .sql()
                .sql("insert into members (conversation_id, user_id) values (?, ?)")
                .params(conversation, user)
                .update();
    }

    private static long lastBeforeRemoval(Trial trial, UUID conversation, String user) {
        return trial.database()
                .sql()
                .sql("""
                        select coalesce(max(m.seq), 0) from messages m
                        where m.conversation_id = :conversation
                          and m.outbox_id < (select id from outbox
                                             where topic = 'messaging.member_removed'
                                               and event_key = :conversation::text and payload ->> 'userId' = :user)
                        """)
                .param("conversation", conversation)
                .param("user", user)
                .query(Long.class)
                .single();
    }

    /** What is not of the trial must not count in it. */
    private static void forget(Trial trial, UUID conversation) {
        trial.database()
                .sql()
                .sql("delete from conversations where id = ?")
                .param(conversation)
                .update();
    }
}
