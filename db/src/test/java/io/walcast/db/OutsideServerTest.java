package io.walcast.db;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walcast.db.OutsideServer.Capabilities;
import org.junit.jupiter.api.Test;

class OutsideServerTest {

    @Test
    void takesVersion15AndLater() {
        assertThatCode(() -> new Capabilities(15_00_00, "logical", 1, 1).check("db:5432/chat"))
                .doesNotThrowAnyException();
        assertRefused(new Capabilities(14_00_19, "logical", 10, 10), "PostgreSQL at db:5432/chat is version 14");
    }

    @Test
    void needsSlotsAndSenders() {
        assertRefused(new Capabilities(18_00_06, "logical", 0, 10), "max_replication_slots=0");
        assertRefused(new Capabilities(18_00_06, "logical", 10, 0), "max_wal_senders=0");
    }

    private static void assertRefused(Capabilities capabilities, String sentence) {
        assertThatExceptionOfType(StartupProblem.class)
                .isThrownBy(() -> capabilities.check("db:5432/chat"))
                .withMessageContaining(sentence);
    }
}
