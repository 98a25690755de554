package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.db.TestServer;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.runtime.RelayDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

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
    void theLeaseIsNotOverriddenByTheUrl() throws SQLException {
        try (var database = TestDatabase.create()) {
            var url = database.url() + "?options=-c%20idle_session_timeout=77s%20-c%20work_mem=5MB&socketTimeout=0"
                    + "&ApplicationName=mine&preferQueryMode=extended";
            try (var relay = RelayProcess.start(database, Map.of("spring.datasource.url", url))) {
                delivers(database);
                assertThat(relay.status().restarts()).isZero();
                try (var lease = relay.bean(RelayDatabase.class).leasedConnection("probe", Duration.ofSeconds(10))) {
                    assertThat(lease.getNetworkTimeout()).isEqualTo(5_000);
                    assertThat(setting(lease, "idle_session_timeout")).isEqualTo("10s");
                    assertThat(setting(lease, "statement_timeout")).isEqualTo("0");
                    assertThat(setting(lease, "application_name")).isEqualTo("probe");
                    assertThat(setting(lease, "work_mem"))
                            .as("what the URL asks for beside it")
                            .isEqualTo("5MB");
                }
            }
        }
    }

    @Test
    void theLeaseWaitsForNoSynchronousStandby() throws SQLException {
        try (var database = TestDatabase.create()) {
            JdbcClient.create(database.dataSource())
                    .sql("alter database " + database.name() + " set synchronous_commit = remote_apply")
                    .update();
            try (var relay = RelayProcess.start(database);
                    var lease = relay.bean(RelayDatabase.class).leasedConnection("probe", Duration.ofSeconds(10))) {
                assertThat(setting(lease, "synchronous_commit")).isEqualTo("local");
            }
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        return JdbcClient.create(new SingleConnectionDataSource(connection, true))
                .sql("select current_setting(?)")
                .param(name)
                .query(String.class)
                .single();
    }

    private static void delivers(TestDatabase database) {
        var outbox = new Outbox(database);
        outbox.append("t", "k", "{}");
        await().until(() -> outbox.unpublished() == 0);
    }
}
