package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OutboxRecordsTest {

    @Test
    void aRowBeforeTheCommitOfAnEarlierTransactionIsAcknowledgedUpToThatCommit() {
        assertThat(OutboxRecords.acknowledged(Map.of("lsn", 100L, "lsn_proc", 100L, "lsn_commit", 140L)))
                .isEqualTo(140);
    }

    @Test
    void aRowAfterItIsNotedWhereItStands() {
        assertThat(OutboxRecords.acknowledged(Map.of("lsn", 150L, "lsn_commit", 140L)))
                .isEqualTo(150);
        assertThat(OutboxRecords.acknowledged(Map.of("lsn", 150L))).isEqualTo(150);
        assertThat(OutboxRecords.acknowledged(Map.of())).isZero();
    }
}
