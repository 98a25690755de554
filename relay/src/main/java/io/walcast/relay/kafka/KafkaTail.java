package io.walcast.relay.kafka;

import io.walcast.relay.events.RoomEvents;
import io.walcast.relay.runtime.Backoff;
import io.walcast.relay.runtime.LifecycleThread;
import io.walcast.relay.runtime.ShutdownOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Delivers new records of all partitions of the Kafka topic to the rooms of this process.
 *
 * <p>It begins at the end of each partition, and is live once it knows these positions: clients that join from then on
 * find earlier events in the tables. It belongs to no consumer group, since every node needs every event, and it stores
 * no position, since a node that starts has no clients.
 *
 * <p><b>Lifecycle.</b> From the application context's start to its end. <b>Concurrency.</b> One thread;
 * {@link #status()} from anywhere. <b>Error policy.</b> The consumer waits for brokers that do not answer, and then
 * continues from its position; the status shows that meanwhile. A consumer that fails is replaced by one at the end,
 * and all subscriptions read the tables. A record that is invalid is logged: if it was an event of the log, its room
 * reads the table; if it was the removal of a member, the room is closed.
 */
final class KafkaTail extends LifecycleThread {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTail.class);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofSeconds(2);

    /**
     * The longest transaction of a relay, in timeouts of its brokers: two, see {@link KafkaSink}, and one for slow
     * clocks.
     */
    private static final int LONGEST_TRANSACTION = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final EventTopic topic;
    private final RoomEvents events;
    private final Map<String, Object> properties;
    private final Duration timeout;
    private final ApplicationEventPublisher listeners;
    private volatile TailStatus status = new TailStatus(false, "not started", Instant.now());

    KafkaTail(
            EventTopic topic,
            EventTopicSettings settings,
            RoomEvents events,
            Map<String, Object> properties,
            ApplicationEventPublisher listeners) {
        super("walcast-tail", ShutdownOrder.INTAKE);
        this.topic = topic;
        this.events = events;
        this.properties = properties;
        this.timeout = settings.timeout();
        this.listeners = listeners;
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A position that the topic no longer has is a failure: a new consumer starts at the end, and rooms read the
        // tables.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // The list of partitions comes from the consumer's metadata, which would otherwise be minutes old.
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, (int) LOOK.toMillis());
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    TailStatus status() {
        return status;
    }

    @Override
    protected void run() {
        var pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (!stopping()) {
            try {
                topic.ensure();
                follow(pauses);
            } catch (InterruptException | InterruptedException e) {
                // only stop() interrupts: the loop sees that it is stopping
            } catch (Exception | Error e) {
                LOG.warn("The topic will be read again: {}", e.toString());
                LOG.debug("How the consumer ended", e);
                enter(false, "Kafka cannot be read: " + KafkaFailures.reason(e));
                pause(pauses);
            }
        }
        enter(false, "stopped on purpose");
    }

    /** One life of a consumer; ends by an exception, or when this stops. */
    private void follow(Backoff pauses) throws InterruptedException, ExecutionException {
        try (var consumer = new KafkaConsumer<String, String>(properties);
                var written = new WrittenOffsets(topic.admin())) {
            var held = new HeldPartitions(timeout.multipliedBy(LONGEST_TRANSACTION));
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(partition -> consumer.position(partition, timeout));
            // After the positions are known: earlier events are in the tables, which all subscriptions read from here
            // on.
            events.resyncFromTable();
            enter(true, "reading " + partitions.size() + " partitions");
            pauses.reset();
            long lookedNanos = System.nanoTime();
            boolean readAgain = true;
            while (!stopping()) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    deliver(record);
                }
                if (System.nanoTime() - lookedNanos > LOOK.toNanos()) {
                    look(consumer, written, partitions, held);
                    lookedNanos = System.nanoTime();
                    if (readAgain) {
                        // A commit is in the WAL, and so in the topic, before the table shows it.
                        readAgain = false;
                        events.resyncFromTable();
                    }
                }
            }
        }
    }

    /**
     * Asks the brokers for the state of the topic. A poll returns nothing from an idle topic, from one that a
     * transaction holds, and without brokers.
     */
    private void look(
            Consumer<String, String> consumer,
            WrittenOffsets written,
            List<TopicPartition> partitions,
            HeldPartitions held)
            throws InterruptedException, ExecutionException {
        try {
            // In this order: a transaction that ends in between does not make its partition look held.
            Map<TopicPartition, Long> writtenUpTo = written.ask(partitions);
            Map<TopicPartition, Long> readable = consumer.endOffsets(partitions, LOOK);
            if (partitions(consumer).size() != partitions.size()) {
                throw new IllegalStateException("the topic has other partitions than before");
            }
            Optional<TopicPartition> stuck = held.look(readable, writtenUpTo, System.nanoTime());
            if (stuck.isPresent()) {
                enter(
                        false,
                        "a transaction that neither commits nor aborts holds " + stuck.get()
                                + "; find and end it with kafka-transactions.sh");
            } else {
                enter(true, "reading " + partitions.size() + " partitions");
            }
        } catch (TimeoutException e) {
            enter(false, "Kafka does not answer: " + KafkaFailures.reason(e));
        }
    }

    private List<TopicPartition> partitions(Consumer<String, String> consumer) {
        return consumer.partitionsFor(topic.name(), timeout).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
    }

    private void deliver(ConsumerRecord<String, String> record) {
        String name = EventRecords.header(record.headers(), EventRecords.TOPIC);
        long outboxId = 0;
        try {
            String id = EventRecords.header(record.headers(), EventRecords.OUTBOX_ID);
            if (name == null || id == null || record.key() == null) {
                throw new IllegalArgumentException(
                        "it has no key, or no header " + EventRecords.TOPIC + " or " + EventRecords.OUTBOX_ID);
            }
            outboxId = Long.parseLong(id);
            switch (name) {
                case EventRecords.ROOM_CLOSED -> events.closeRoom(outboxId, record.key());
                case EventRecords.ROW_LOST -> events.readTable(outboxId, record.key());
                case EventRecords.HISTORY_CHANGED -> events.closeAllRooms();
                default -> events.deliver(outboxId, name, record.key(), record.value());
            }
        } catch (RuntimeException e) {
            LOG.error("Record {} of {}-{} is skipped", record.offset(), record.topic(), record.partition(), e);
            if (name != null && record.key() != null) {
                events.lost(outboxId, name, record.key());
            }
        }
    }

    private void enter(boolean live, String reason) {
        TailStatus before = status;
        if (before.live() != live || !before.reason().equals(reason)) {
            status = new TailStatus(live, reason, Instant.now());
            LOG.info("Tail: {} ({})", live ? "LIVE" : "DOWN", reason);
            listeners.publishEvent(status);
        }
    }

    private static void pause(Backoff pauses) {
        try {
            Thread.sleep(pauses.next().toMillis());
        } catch (InterruptedException e) {
            // only stop() interrupts: the loop sees that it is stopping
        }
    }
}
