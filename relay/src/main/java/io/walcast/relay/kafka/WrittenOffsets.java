package io.walcast.relay.kafka;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The end offsets of partitions, with the records of open transactions. It never waits for an answer, since its caller
 * has records to read. For one thread.
 */
final class WrittenOffsets implements AutoCloseable {

    private final Admin admin;
    private @Nullable KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> asked;
    private Map<TopicPartition, Long> newest = Map.of();

    /** @param admin closed with this */
    WrittenOffsets(Admin admin) {
        this.admin = admin;
    }

    /** Returns the newest answer so far, which is empty at first, and asks again if no answer is due. */
    Map<TopicPartition, Long> ask(Collection<TopicPartition> partitions)
            throws InterruptedException, ExecutionException {
        var answer = asked;
        if (answer != null && answer.isDone() && !answer.isCompletedExceptionally()) {
            newest = answer.get().entrySet().stream()
                    .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
        }
        if (answer == null || answer.isDone()) {
            asked = admin.listOffsets(
                            partitions.stream().collect(toMap(identity(), partition -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all();
        }
        return newest;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
