package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.net.http.WebSocketHandshakeException;
import java.sql.Connection;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What clients see of a relay that another one takes over from. */
class StandbyIT {

    @Test
    void clientsAreSentAwayWhileAnotherRelayIsLiveAndMissNothingAfterwards() throws Exception {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database);
                var ada = JsonSocket.open(relay.port(), "ada");
                var grace = SocketIoClientSocket.open(relay.port())) {
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            grace.connect("{'userId':'grace'}");
            join(ada, conversation, 0);
            outbox.post(conversation, 1);
            assertThat(seq(ada)).isEqualTo(1);

            try (Connection another = database.dataSource().getConnection();
                    var statement = another.createStatement()) {
                statement.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walcast owner' and datname = current_database()");
                statement.execute(
                        "select pg_advisory_lock(hashtextextended('walcast slot " + database.name() + "', 0))");
                statement.execute("update relay_slots set owner_epoch = owner_epoch + 1");

                assertThat(ada.closed()).isEqualTo("1012 going_away");
                assertThat(grace.closeCode()).isEqualTo(1012);
                await().until(() -> relay.status().state() == State.STANDBY);
                assertThatThrownBy(() -> JsonSocket.open(relay.port(), "ada"))
                        .hasCauseInstanceOf(WebSocketHandshakeException.class);
                outbox.post(conversation, 1);
            }
            relay.awaitStreaming();
            try (var again = JsonSocket.open(relay.port(), "ada")) {
                join(again, conversation, 1);
                outbox.post(conversation, 1);
                assertThat(seq(again)).isEqualTo(2);
                assertThat(seq(again)).isEqualTo(3);
            }
        }
    }

    @Test
    void whoWasRemovedByAnotherRelayIsPutOutWhenThisOneDeliversAgain() throws Exception {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database);
                var ada = JsonSocket.open(relay.port(), "ada");
                var grace = JsonSocket.open(relay.port(), "grace")) {
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            join(ada, conversation, 0);
            join(grace, conversation, 0);

            // Another relay was the owner, has delivered the removal, and is gone.
            try (Connection another = database.dataSource().getConnection();
                    var statement = another.createStatement()) {
                statement.execute("delete from members where user_id = 'grace'");
                statement.execute("update relay_slots set owner_epoch = owner_epoch + 1");
                statement.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walcast owner' and datname = current_database()");
            }

            assertThat(grace.next().path("event").stringValue()).isEqualTo("conversation.left");
            relay.awaitStreaming();
            outbox.post(conversation, 1);
            assertThat(seq(ada)).isEqualTo(1);
        }
    }

    @Test
    void clientsThatStayedThroughAnotherHistoryJoinAgain() throws Exception {
        try (var database = TestDatabase.create();
                var relay = RelayProcess.start(database);
                var ada = JsonSocket.open(relay.port(), "ada")) {
            var outbox = new Outbox(database);
            UUID conversation = outbox.conversation();
            join(ada, conversation, 0);
            outbox.post(conversation, 3);
            assertThat(seq(ada)).isEqualTo(1);
            assertThat(seq(ada)).isEqualTo(2);
            assertThat(seq(ada)).isEqualTo(3);

            // A failover to a replica that had not got the last two, as far as the relay can see.
            outbox.jdbc().sql("delete from messages where seq > 1").update();
            outbox.jdbc().sql("update conversations set last_seq = 1").update();
            outbox.jdbc().sql("update relay_slots set history = '1-00000001'").update();

            assertThat(ada.next().path("event").stringValue()).isEqualTo("conversation.left");
            relay.awaitStreaming();
            ada.send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "','after':3}}");
            assertThat(ada.next().at("/data/error/code").stringValue()).isEqualTo("history_changed");
            join(ada, conversation, 1);
            outbox.post(conversation, 1);
            assertThat(seq(ada)).isEqualTo(2);
        }
    }

    @Test
    void clientsAreSentAwayFromARelayThatCanDoNothing() throws Exception {
        try (var database = TestDatabase.create()) {
            var outbox = new Outbox(database);
            String role = "relay_of_" + database.name();
            outbox.jdbc()
                    .sql("create role " + role + " login replication in role walcast_relay")
                    .update();
            try (var relay = RelayProcess.start(database, Map.of("walcast.relay.database.username", role));
                    var ada = JsonSocket.open(relay.port(), "ada")) {
                outbox.jdbc().sql("alter role " + role + " nologin").update();
                outbox.jdbc()
                        .sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'")
                        .query()
                        .listOfRows();
                assertThat(ada.closed()).isEqualTo("1012 going_away");
                outbox.jdbc().sql("alter role " + role + " login").update();
                relay.awaitStreaming();
                JsonSocket.open(relay.port(), "ada").close();
            }
            outbox.jdbc().sql("drop role " + role).update();
        }
    }

    private static void join(JsonSocket socket, UUID conversation, long after) {
        socket.send("{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "','after':"
                + after + "}}");
        assertThat(socket.next().at("/data/ok").booleanValue()).isTrue();
    }

    private static long seq(JsonSocket socket) {
        return socket.next().at("/data/message/seq").longValue();
    }
}
