package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walcast.db.ExternalServer.Capabilities;
import io.walcast.startup.StartupException;
import org.junit.jupiter.api.Test;

class ExternalServerTest {

    @Test
    void takesVersion15AndLater() {
        assertThatCode(() -> new Capabilities(15_00_00, "logical", null, 1, 1).check("db:5432/chat"))
                .doesNotThrowAnyException();
        assertRefused(new Capabilities(14_00_19, "logical", null, 10, 10), "PostgreSQL at db:5432/chat is version 14");
    }

    @Test
    void needsSlotsAndSenders() {
        assertRefused(new Capabilities(18_00_06, "logical", null, 0, 10), "max_replication_slots=0");
        assertRefused(new Capabilities(18_00_06, "logical", null, 10, 0), "max_wal_senders=0");
    }

    @Test
    void namesTheSwitchOfAManagedServer() {
        assertRefused(
                new Capabilities(17_00_05, "replica", "rds.logical_replication=1", 10, 10),
                "set rds.logical_replication=1 in its configuration and restart it");
    }

    private static void assertRefused(Capabilities capabilities, String sentence) {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> capabilities.check("db:5432/chat"))
                .withMessageContaining(sentence);
    }
}
