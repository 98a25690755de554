package io.walcast.relay.kafka;

import io.walcast.relay.delivery.Sink;
import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.events.EventKind;
import io.walcast.relay.events.UndeliverableException;
import io.walcast.relay.events.UnknownTopics;
import io.walcast.relay.wal.HaltedException;
import io.walcast.relay.wal.OutboxRow;
import io.walcast.relay.wal.SinkDownException;
import io.walcast.relay.wal.WalSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Publishes rows to Kafka, in transactions that the broker refuses once another relay publishes for the same slot.
 *
 * <p><b>Lifecycle.</b> {@link #open()} after each failure, and whenever an engine begins. <b>Concurrency.</b>
 * {@code open} and {@code destroy} by one thread at a time, all else by any. <b>Error policy.</b> A broker that is down
 * or slow is no fault of a row: no attempt is counted, and all rows are read again from the WAL. A row that is invalid
 * for clients, or too long for Kafka, can never be delivered. Nor can a row whose record the broker refuses: that ends
 * the publication, and the row is refused when it is read again. A row of an unknown topic is not published.
 */
final class KafkaSink implements Sink, DisposableBean {

    private final EventTopic topic;
    private final EventCatalogue catalogue;
    private final UnknownTopics unknownTopics;
    private final Map<String, Object> properties;
    private final long longestRequest;

    /** The broker's reasons for refused records, by outbox id, until the row comes again. */
    private final Map<Long, String> refusals = new ConcurrentHashMap<>();

    private volatile long longestRecord;
    private volatile @Nullable Publication publication;

    KafkaSink(
            EventTopic topic,
            EventTopicSettings settings,
            WalSettings wal,
            EventCatalogue catalogue,
            UnknownTopics unknownTopics,
            Map<String, Object> properties) {
        this.topic = topic;
        this.catalogue = catalogue;
        this.unknownTopics = unknownTopics;
        this.properties = properties;
        int timeout = (int) settings.timeout().toMillis();
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "walcast." + settings.topic() + "." + wal.slot());
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 2 * timeout);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        var config = new ProducerConfig(properties);
        this.longestRequest = Math.min(
                config.getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                config.getLong(ProducerConfig.BUFFER_MEMORY_CONFIG));
    }

    @Override
    public void open() throws InterruptedException {
        close();
        Producer<byte[], byte[]> producer = null;
        try {
            longestRecord = Math.min(longestRequest, topic.ensure());
            producer = new KafkaProducer<>(properties);
            // Aborts the transaction of an earlier producer of this slot, and fences that producer off.
            producer.initTransactions();
            publication = Publication.start(producer, refusals::put);
        } catch (TimeoutException | ExecutionException | KafkaException | IllegalStateException e) {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            throw new SinkDownException("Kafka cannot be published to: " + KafkaFailures.reason(e), e);
        }
    }

    @Override
    public boolean deliver(OutboxRow row, Outcome outcome) {
        EventKind kind = catalogue.of(row.topic());
        if (kind == null) {
            unknownTopics.passedOver(row.topic(), row.id());
            return true;
        }
        String refusal = refusals.remove(row.id());
        if (refusal != null) {
            throw new UndeliverableException("Kafka refused the row: " + refusal);
        }
        // No text has fewer bytes than characters: a row that is far too long is not parsed.
        checkLength(Math.max(row.payload().length(), row.headers().length()));
        ProducerRecord<byte[], byte[]> record = EventRecords.of(row, kind, topic.name());
        checkLength(EventRecords.size(record));
        open(publication).add(row.id(), record, outcome);
        return false;
    }

    private void checkLength(long bytes) {
        if (bytes > longestRecord) {
            throw new UndeliverableException("the row takes at least " + bytes + " bytes, and Kafka no more than "
                    + longestRecord + " (max.request.size, buffer.memory, or the topic's max.message.bytes)");
        }
    }

    @Override
    public boolean gaveUp(OutboxRow row, Outcome outcome) {
        ProducerRecord<byte[], byte[]> lost =
                EventRecords.lost(row, catalogue.loss(row.topic(), row.eventKey()), topic.name());
        if (lost == null) {
            return true;
        }
        open(publication).add(row.id(), lost, outcome);
        return false;
    }

    /** Publishes to each partition, so that the record keeps its place among the events of every room. */
    @Override
    public void historyChanged() throws InterruptedException {
        for (int partition : open(publication).partitions(topic.name())) {
            publish(
                    EventRecords.historyChanged(partition, topic.name()),
                    "the change of the history could not be published");
        }
    }

    @Override
    public void othersDelivered() {
        // Gateways read the records of all relays.
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
    private void publish(ProducerRecord<byte[], byte[]> record, String otherwise) throws InterruptedException {
        var told = new CompletableFuture<@Nullable Void>();
        Publication publishing = open(publication);
        publishing.add(0, record, new Outcome() {
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
            throw new SinkDownException(otherwise + ": " + KafkaFailures.reason(e), e);
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
}
