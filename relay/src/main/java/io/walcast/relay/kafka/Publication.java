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
 * Publishes records in order, until it fails: then everything that is on its way is abandoned, and it is never used
 * again.
 *
 * <p>While one transaction commits, the next one's records gather; so a transaction has one record when there is little
 * to do, and a thousand when there is much.
 *
 * <p><b>Concurrency.</b> Any thread may add; one thread owns the producer. <b>Error policy.</b> Whether a transaction
 * whose commit failed is committed cannot be known, so its records are published again. A record that the broker refuses
 * for what it is fails the transaction like anything else, and is named, so that it is not published again for ever. A
 * publication whose thread has ended says so, and what that left is abandoned with {@link #close()}.
 */
final class Publication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private static final int LARGEST_TRANSACTION = 1_000;

    private record Entry(long outboxId, ProducerRecord<byte[], byte[]> record, Outcome outcome) {}

    private final Producer<byte[], byte[]> producer;
    private final BiConsumer<Long, String> refused;
    private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();

    /** Of the thread, and of the closing thread once that has ended. */
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
     * @param refused told the outbox id of each record that the broker refuses for what it is, and why
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
     * @throws SinkDownException if no broker tells
     */
    List<Integer> partitions(String topic) {
        try {
            return producer.partitionsFor(topic).stream()
                    .map(PartitionInfo::partition)
                    .toList();
        } catch (KafkaException e) {
            throw new SinkDownException(
                    "Kafka does not tell the partitions of " + topic + ": " + KafkaFailures.reason(e), e);
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

    /** Abandons what is not published, and returns when the producer is closed. */
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
            // An interrupt has done its work, and would keep the producer from closing.
            Thread.interrupted();
            producer.close(Duration.ZERO);
        }
    }

    private void publish() {
        producer.beginTransaction();
        for (Entry entry : transaction) {
            var unused = producer.send(entry.record(), (published, problem) -> note(entry, problem));
        }
        // Waits for all of them, and fails if one did.
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
        LOG.debug("What is not published is abandoned", why);
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
