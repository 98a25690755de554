package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.db.TestServer;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** URLs that say more than one host and one port: pool, lease, slot and engine all find the server. */
class SeveralServersIT {

    @Test
    void findsThePrimaryBesideAServerThatIsGoneAndAStandby() throws IOException {
        int gone;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = socket.getLocalPort();
        }
        try (var database = TestDatabase.create();
                var standby = TestServer.create(Map.of())) {
            standby.provide(database.name());
            standby.becomeStandby();
            var url = database.url().replace("//", "//127.0.0.1:" + gone + ",127.0.0.1:" + standby.port() + ",")
                    + "?targetServerType=primary";
            try (var relay = RelayProcess.start(database, Map.of("spring.datasource.url", url))) {
                delivers(database);
                assertThat(relay.status().restarts()).isZero();
            }
        }
    }

    @Test
    void theLeaseIsNotOverriddenByTheUrl() {
        try (var database = TestDatabase.create()) {
            var url = database.url() + "?options=-c%20idle_session_timeout=77s%20-c%20work_mem=5MB&socketTimeout=0"
                    + "&ApplicationName=mine&preferQueryMode=extended";
            try (var relay = RelayProcess.start(database, Map.of("spring.datasource.url", url))) {
                delivers(database);
                assertThat(relay.status().restarts()).isZero();
                var jdbc = JdbcClient.create(database.dataSource());
                assertThat(jdbc.sql("""
                                select count(*) from pg_stat_activity
                                where application_name = 'walcast owner' and datname = current_database()
                                """).query(Long.class).single()).isEqualTo(1);
                // What the lease runs under cannot be seen from outside; it ends when it rests for longer.
                jdbc.sql(
                                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'walcast owner'"
                                        + " and datname = current_database()")
                        .query()
                        .listOfRows();
                await().until(() -> relay.status().restarts() == 1);
                relay.awaitStreaming();
            }
        }
    }

    private static void delivers(TestDatabase database) {
        var outbox = new Outbox(database);
        outbox.append("t", "k", "{}");
        await().until(() -> outbox.unpublished() == 0);
    }
}
