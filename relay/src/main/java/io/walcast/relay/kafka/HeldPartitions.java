package io.walcast.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Detects partitions in which a transaction neither commits nor aborts. A reader of committed records gets none from
 * the beginning of that transaction on, and no error either. For one thread.
 */
final class HeldPartitions {

    /** @param stable the offset before which every transaction has ended */
    private record Held(long stable, long sinceNanos) {}

    private final Duration limit;
    private final Map<TopicPartition, Held> held = new HashMap<>();

    /** @param limit how long a partition may be held; transactions of relays are aborted before that */
    HeldPartitions(Duration limit) {
        this.limit = limit;
    }

    /**
     * Compares the readable offsets with the written ones.
     *
     * @param stable by partition, the offset up to which it can be read
     * @param written by partition, the offset up to which it is written
     * @return a partition that has been held for too long
     */
    Optional<TopicPartition> look(Map<TopicPartition, Long> stable, Map<TopicPartition, Long> written, long nowNanos) {
        stable.forEach((partition, offset) -> {
            if (written.getOrDefault(partition, 0L) <= offset) {
                held.remove(partition);
            } else {
                Held now = new Held(offset, nowNanos);
                held.merge(partition, now, (before, after) -> before.stable() == offset ? before : after);
            }
        });
        return held.entrySet().stream()
                .filter(entry -> nowNanos - entry.getValue().sinceNanos() > limit.toNanos())
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
