package io.walcast.relay.kafka;

import io.walcast.relay.delivery.Sink;
import io.walcast.relay.events.Topics;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.SinkDownException;
import io.walcast.relay.wal.WalSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Publishes rows to Kafka, in transactions that the broker refuses once another relay publishes for the same slot.
 *
 * <p><b>Lifecycle.</b> {@link #open()} after each failure, and whenever an engine begins. <b>Concurrency.</b>
 * {@code open} and {@code destroy} by one thread at a time, all else by any. <b>Error policy.</b> A broker that is down
 * or slow is no fault of a row: nothing is counted, everything is read again from the WAL. A row that no client could
 * make sense of, or that is too long for Kafka, is refused.
 */
final class KafkaSink implements Sink, DisposableBean {

    /** What a record takes beside key and value: headers and its frame, generously. */
    private static final int OVERHEAD_BYTES = 4_096;

    private final EventTopic topic;
    private final Map<String, Object> properties;
    private final int longestRequest;
    private volatile int longestRecord;
    private volatile @Nullable Publication publication;

    KafkaSink(EventTopic topic, EventTopicSettings settings, WalSettings wal, Map<String, Object> properties) {
        this.topic = topic;
        this.properties = properties;
        int timeout = (int) settings.timeout().toMillis();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "walcast." + settings.topic() + "." + wal.slot());
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * timeout);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.longestRequest = new ProducerConfig(properties).getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    }

    @Override
    public void open() throws InterruptedException {
        close();
        Producer<String, String> producer = null;
        try {
            longestRecord = Math.min(longestRequest, topic.ensure());
            producer = new KafkaProducer<>(properties);
            // Ends what an earlier producer of this slot has begun, and fences it off.
            producer.initTransactions();
            publication = Publication.start(producer);
        } catch (TimeoutException | ExecutionException | KafkaException | IllegalStateException e) {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            throw new SinkDownException("Kafka cannot be published to: " + reason(e), e);
        }
    }

    @Override
    public boolean deliver(OutboxRow row, Outcome outcome) {
        ProducerRecord<String, String> record = EventRecords.of(row, topic.name());
        int bytes = row.payload().getBytes(StandardCharsets.UTF_8).length
                + row.eventKey().length()
                + row.headers().length()
                + OVERHEAD_BYTES;
        if (bytes > longestRecord) {
            throw new IllegalArgumentException("the row takes up to " + bytes + " bytes, and Kafka no more than "
                    + longestRecord + " (max.request.size, or the topic's max.message.bytes)");
        }
        open(publication).add(record, outcome);
        return false;
    }

    @Override
    public void gaveUp(OutboxRow row) throws InterruptedException {
        if (!Topics.closesRoomIfParked(row.topic(), row.eventKey())) {
            return;
        }
        publish(EventRecords.closeRoom(row, topic.name()), "the room could not be closed");
    }

    /** Into each partition, so that it keeps its place among the events of every room. */
    @Override
    public void historyChanged() throws InterruptedException {
        for (int partition : open(publication).partitions(topic.name())) {
            publish(
                    EventRecords.historyChanged(partition, topic.name()),
                    "gateways could not be told of another history");
        }
    }

    @Override
    public void othersDelivered() {
        // Gateways read what everyone publishes.
    }

    @Override
    public @Nullable HaltedException failure() {
        Publication current = publication;
        return current == null ? null : current.failure();
    }

    @Override
    public void destroy() {
        close();
    }

    /** Returns when the record is published. */
    private void publish(ProducerRecord<String, String> record, String otherwise) throws InterruptedException {
        var told = new CompletableFuture<@Nullable Void>();
        Publication publishing = open(publication);
        publishing.add(record, new Outcome() {
            @Override
            public void delivered() {
                told.complete(null);
            }

            @Override
            public void abandoned() {
                told.completeExceptionally(publishing.failure());
            }
        });
        try {
            told.get();
        } catch (ExecutionException e) {
            throw new SinkDownException(otherwise + ": " + reason(e), e);
        }
    }

    private void close() {
        Publication former = publication;
        if (former != null) {
            former.close();
        }
    }

    private static Publication open(@Nullable Publication current) {
        if (current == null) {
            throw new IllegalStateException("not open");
        }
        return current;
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
