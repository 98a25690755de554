package io.walcast.relay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class HeldPartitionsTest {

    private static final TopicPartition PARTITION = new TopicPartition("topic", 3);

    private final HeldPartitions partitions = new HeldPartitions(Duration.ofSeconds(10));

    @Test
    void aPartitionThatIsReadToItsEndIsNotHeldHoweverQuietItIs() {
        assertThat(look(0, 100, 100)).isEmpty();
        assertThat(look(60, 100, 100)).isEmpty();
    }

    @Test
    void transactionsThatEndDoNotHoldItHoweverManyFollow() {
        for (int second = 0; second < 60; second += 2) {
            assertThat(look(second, 100 + second, 110 + second)).isEmpty();
        }
    }

    @Test
    void oneThatDoesNotEndHoldsItAndIsForgottenWhenItHasEnded() {
        assertThat(look(0, 100, 101)).isEmpty();
        assertThat(look(10, 100, 200)).isEmpty();
        assertThat(look(12, 100, 300)).contains(PARTITION);
        assertThat(look(14, 300, 300)).isEmpty();
        assertThat(look(16, 300, 301)).isEmpty();
    }

    private Optional<TopicPartition> look(int second, long stable, long written) {
        return partitions.look(
                Map.of(PARTITION, stable),
                Map.of(PARTITION, written),
                Duration.ofSeconds(second).toNanos());
    }
}
