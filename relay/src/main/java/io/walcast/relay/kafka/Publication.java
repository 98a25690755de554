package io.walcast.relay.kafka;

import io.walcast.relay.delivery.Sink.Outcome;
import io.walcast.relay.wal.SinkDownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
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
 * whose commit failed is committed cannot be known, so its records are published again.
 */
final class Publication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    private static final int LARGEST_TRANSACTION = 1_000;

    private record Entry(ProducerRecord<String, String> record, Outcome outcome) {}

    private final Producer<String, String> producer;
    private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "walcast-kafka");
    private volatile @Nullable SinkDownException failure;

    private Publication(Producer<String, String> producer) {
        this.producer = producer;
    }

    /** @param producer one that is ready for its first transaction; it is closed with this */
    static Publication start(Producer<String, String> producer) {
        var publication = new Publication(producer);
        publication.thread.start();
        return publication;
    }

    /** @throws SinkDownException if this has failed */
    synchronized void add(ProducerRecord<String, String> record, Outcome outcome) {
        SinkDownException known = failure;
        if (known != null) {
            throw known;
        }
        waiting.add(new Entry(record, outcome));
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
            throw new SinkDownException("Kafka does not tell the partitions of " + topic + ": " + reason(e), e);
        }
    }

    /** Null while records are published. */
    @Nullable
    SinkDownException failure() {
        return failure;
    }

    /** Abandons what is not published, and returns when the producer is closed. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Entry> transaction = new ArrayList<>();
        try {
            while (true) {
                transaction.add(waiting.take());
                waiting.drainTo(transaction, LARGEST_TRANSACTION - 1);
                publish(transaction);
                transaction.forEach(entry -> entry.outcome().delivered());
                transaction.clear();
            }
        } catch (InterruptedException e) {
            fail(transaction, new SinkDownException("publishing to Kafka was stopped", e));
        } catch (RuntimeException | Error e) {
            fail(transaction, new SinkDownException("Kafka does not take rows: " + reason(e), e));
        } finally {
            // An interrupt has done its work, and would keep the producer from closing.
            Thread.interrupted();
            producer.close(Duration.ZERO);
        }
    }

    private void publish(List<Entry> transaction) {
        producer.beginTransaction();
        for (Entry entry : transaction) {
            var unused = producer.send(entry.record());
        }
        // Waits for all of them, and fails if one did.
        producer.commitTransaction();
    }

    private void fail(List<Entry> transaction, SinkDownException why) {
        List<Entry> abandoned = new ArrayList<>(transaction);
        synchronized (this) {
            failure = why;
            waiting.drainTo(abandoned);
        }
        LOG.debug("{} records are abandoned", abandoned.size(), why);
        abandoned.forEach(entry -> entry.outcome().abandoned());
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof KafkaException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
