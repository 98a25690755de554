package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.db.TestDatabase;
import io.walcast.db.TestServer;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.SelfSigned;
import io.walcast.startup.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A PostgreSQL that proves who it is: by the name localhost, and by no other. */
class TlsIT {

    @TempDir
    static Path files;

    private static TestDatabase names;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        names = TestDatabase.create();
        certify();
        server = TestServer.create(Map.of(
                "ssl", "on",
                "ssl_cert_file", files.resolve("server.crt").toString(),
                "ssl_key_file", files.resolve("server.key").toString()));
        server.provide("walcast");
        Flyway.configure().dataSource(server.superuserOf("walcast")).load().migrate();
    }

    @AfterAll
    static void stop() {
        server.close();
        names.close();
    }

    /** Pool, replication and engine alike. */
    @Test
    void everyConnectionOfTheRelayIsEncrypted() {
        var superuser = JdbcClient.create(server.superuserOf("walcast"));
        try (var relay = RelayProcess.start(names, settings("localhost", "verify-full"))) {
            superuser
                    .sql("insert into outbox (topic, event_key, payload) values ('a topic', 'a key', '{}')")
                    .update();
            Awaitility.await()
                    .until(() -> superuser
                            .sql("select count(*) = 0 from outbox where published_at is null")
                            .query(Boolean.class)
                            .single());

            assertThat(relay.status().state()).isEqualTo(WalStatus.State.STREAMING);
            assertThat(superuser.sql("""
                            select distinct backend_type || ' ' || ssl
                            from pg_stat_ssl join pg_stat_activity using (pid)
                            where usename = 'walcast_relay'
                            """).query(String.class).list())
                    .containsExactlyInAnyOrder("client backend true", "walsender true");
        }
    }

    @Test
    void aServerOfAnotherNameIsNotBelieved() {
        assertThatThrownBy(() -> RelayProcess.start(names, settings("127.0.0.1", "verify-full")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("the TLS connection to PostgreSQL at 127.0.0.1:" + server.port())
                .hasMessageContaining("sslmode");
    }

    @Test
    void aServerWhoseCertificateNobodyVouchesForIsNotBelieved() throws IOException {
        var settings = settings("localhost", "verify-full");
        var other = Files.writeString(files.resolve("empty.crt"), "");
        var url = settings.get("spring.datasource.url").toString().replaceAll("sslrootcert=.*", "sslrootcert=" + other);
        assertThatThrownBy(() -> RelayProcess.start(
                        names,
                        Map.of(
                                "spring.datasource.url", url,
                                "spring.datasource.username", "walcast_app",
                                "walcast.relay.database.username", "walcast_relay",
                                "walcast.relay.slot", "walcast")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("the TLS connection to PostgreSQL at localhost");
    }

    private static Map<String, Object> settings(String host, String sslMode) {
        return Map.of(
                "spring.datasource.url",
                "jdbc:postgresql://%s:%d/walcast?sslmode=%s&sslrootcert=%s"
                        .formatted(host, server.port(), sslMode, files.resolve("server.crt")),
                "spring.datasource.username",
                "walcast_app",
                "walcast.relay.database.username",
                "walcast_relay",
                "walcast.relay.slot",
                "walcast");
    }

    /** PostgreSQL wants the certificate and its key as PEM. */
    private static void certify() throws IOException, InterruptedException, GeneralSecurityException {
        var selfSigned = SelfSigned.create(files);
        pem("server.crt", "CERTIFICATE", selfSigned.certificate().getEncoded());
        pem("server.key", "PRIVATE KEY", selfSigned.key().getEncoded());
    }

    private static void pem(String name, String what, byte[] content) throws IOException {
        var file = Files.createFile(
                files.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "-----BEGIN %s-----%n%s%n-----END %1$s-----%n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(content)));
    }
}
