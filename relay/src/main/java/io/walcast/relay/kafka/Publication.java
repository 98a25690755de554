package io.walcast.relay.kafka;

import io.walcast.relay.delivery.Sink.Outcome;
import io.walcast.relay.wal.SinkDownException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes records to Kafka in order, until its first failure. Then all unpublished records are abandoned, and the
 * instance is never used again.
 *
 * <p>While one transaction commits, records gather for the next one. So a transaction has one record under low load,
 * and a thousand under high load.
 *
 * <p><b>Concurrency.</b> Any thread may add; one thread owns the producer. <b>Error policy.</b> After a commit that
 * failed, the outcome of the transaction is unknown, so its records are published again. A record that the broker
 * refuses as invalid or too large fails the transaction like any other failure. It is reported, so that it is not
 * published again without end. If the thread has ended, {@link #failure()} says so, and {@link #close()} abandons the
 * remaining records.
 */
final class Publication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private static final int LARGEST_TRANSACTION = 1_000;

    private record Entry(long outboxId, ProducerRecord<byte[], byte[]> record, Outcome outcome) {}

    private final Producer<byte[], byte[]> producer;
    private final BiConsumer<Long, String> refused;
    private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();

    /** Owned by the thread, and after its end by the closing thread. */
    private final Queue<Entry> transaction = new ArrayDeque<>();

    private final Thread thread = new Thread(this::run, "walcast-kafka");
    private volatile @Nullable SinkDownException failure;

    private Publication(Producer<byte[], byte[]> producer, BiConsumer<Long, String> refused) {
        this.producer = producer;
        this.refused = refused;
    }

    /**
     * Begins to publish.
     *
     * @param producer one that is ready for its first transaction; it is closed with this
     * @param refused called with the outbox id of each record that the broker refuses as invalid or too large, and the
     *     reason
     */
    static Publication start(Producer<byte[], byte[]> producer, BiConsumer<Long, String> refused) {
        var publication = new Publication(producer, refused);
        publication.thread.start();
        return publication;
    }

    /** @throws SinkDownException if this has failed */
    synchronized void add(long outboxId, ProducerRecord<byte[], byte[]> record, Outcome outcome) {
        SinkDownException known = failure();
        if (known != null) {
            throw known;
        }
        waiting.add(new Entry(outboxId, record, outcome));
    }

    /**
     * The partitions of a topic.
     *
     * @throws SinkDownException if no broker answers
     */
    List<Integer> partitions(String topic) {
        try {
            return producer.partitionsFor(topic).stream()
                    .map(PartitionInfo::partition)
                    .toList();
        } catch (KafkaException e) {
            throw new SinkDownException(
                    "Kafka does not list the partitions of " + topic + ": " + KafkaFailures.reason(e), e);
        }
    }

    /** Null while records are published. */
    @Nullable
    SinkDownException failure() {
        SinkDownException known = failure;
        if (known == null && !thread.isAlive()) {
            return new SinkDownException("the thread that publishes to Kafka has ended");
        }
        return known;
    }

    /** Abandons unpublished records, and returns when the producer is closed. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
            abandonAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                transaction.add(waiting.take());
                waiting.drainTo(transaction, LARGEST_TRANSACTION - 1);
                publish();
                for (Entry entry = transaction.peek(); entry != null; entry = transaction.peek()) {
                    entry.outcome().delivered();
                    transaction.remove();
                }
            }
        } catch (InterruptedException e) {
            fail(new SinkDownException("publishing to Kafka was stopped", e));
        } catch (RuntimeException | Error e) {
            fail(new SinkDownException("Kafka does not take rows: " + KafkaFailures.reason(e), e));
        } finally {
            // The interrupt is cleared, since it would keep the producer from closing.
            Thread.interrupted();
            producer.close(Duration.ZERO);
        }
    }

    private void publish() {
        producer.beginTransaction();
        for (Entry entry : transaction) {
            var unused = producer.send(entry.record(), (published, problem) -> note(entry, problem));
        }
        // Waits for all records, and fails if one of them failed.
        producer.commitTransaction();
    }

    private void note(Entry entry, @Nullable Exception problem) {
        if (problem instanceof RecordTooLargeException || problem instanceof InvalidRecordException) {
            refused.accept(entry.outboxId(), String.valueOf(problem.getMessage()));
        }
    }

    private void fail(SinkDownException why) {
        synchronized (this) {
            failure = why;
        }
        LOG.debug("Unpublished records are abandoned", why);
        abandonAll();
    }

    private void abandonAll() {
        abandon(transaction);
        abandon(waiting);
    }

    private static void abandon(Queue<Entry> entries) {
        for (Entry entry = entries.peek(); entry != null; entry = entries.peek()) {
            entry.outcome().abandoned();
            entries.remove();
        }
    }
}
