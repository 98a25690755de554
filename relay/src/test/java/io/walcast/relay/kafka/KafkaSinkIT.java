package io.walcast.relay.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.RelayProcess;
import io.walcast.relay.wal.WalStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the topic, and what becomes of rows while the broker is down or belongs to somebody else. */
class KafkaSinkIT {

    private static final String ADDED = "messaging.member_added";

    private static TestBroker broker;

    private TestDatabase database;
    private Outbox outbox;
    private UUID conversation;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.create();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createDatabase() {
        database = TestDatabase.create();
        outbox = new Outbox(database);
        conversation = outbox.conversation();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aRecordIsTheRowWithTheConversationAsItsKey() {
        try (var relay = start()) {
            outbox.post(conversation, 1);
            outbox.jdbc()
                    .sql(
                            "insert into outbox (topic, event_key, payload, headers) values ('messaging.member_added', ?, '{\"userId\": \"eve\"}', '{\"traceparent\": \"00-1-2-01\", \"n\": 1}')")
                    .param(conversation.toString())
                    .update();
            await().until(() -> outbox.unpublished() == 0);

            List<ConsumerRecord<String, String>> records = read();
            assertThat(records).hasSize(2).extracting(ConsumerRecord::key).containsOnly(conversation.toString());
            assertThat(records.get(0).value()).contains("\"seq\": 1");
            assertThat(headers(records.get(0)))
                    .containsEntry("walcast-topic", "messaging.message_created")
                    .containsEntry("walcast-seq", "1")
                    .containsEntry("walcast-pos", "1")
                    .containsEntry("walcast-outbox-id", "1")
                    .containsKey("walcast-created-at")
                    .doesNotContainKey("traceparent");
            assertThat(headers(records.get(1)))
                    .containsEntry("walcast-topic", "messaging.member_added")
                    .containsEntry("traceparent", "00-1-2-01")
                    .doesNotContainKeys("walcast-seq", "walcast-pos", "n");
        }
    }

    @Test
    void aBrokerThatIsDownHoldsRowsBackAndIsNoFaultOfTheirs() {
        try (var relay = start()) {
            outbox.post(conversation, 20);
            await().until(() -> outbox.unpublished() == 0);
            broker.stop();
            try {
                outbox.post(conversation, 100);
                await().until(() -> relay.status().state() == State.BLOCKED
                        && relay.status().reason().contains("Kafka"));
                assertThat(outbox.unpublished()).isEqualTo(100);
            } finally {
                broker.start();
            }
            outbox.post(conversation, 20);

            await().until(() -> outbox.unpublished() == 0);
            relay.awaitStreaming();
            assertThat(outbox.attempts()).containsExactly(1);
            assertThat(firstOfEach(read())).isEqualTo(numbers(140));
        }
    }

    @Test
    void aRelayThatStartsWithoutBrokerWaitsForIt() {
        broker.stop();
        try (var relay = RelayProcess.launch(database, OverKafkaIT.relaySettings(broker, database))) {
            outbox.post(conversation, 10);
            await().until(() -> relay.status().state() == State.BLOCKED);
            broker.start();

            await().until(() -> outbox.unpublished() == 0);
            assertThat(firstOfEach(read())).isEqualTo(numbers(10));
        }
    }

    @Test
    void whoeverPublishesForTheSlotFencesOffWhoDidBefore() {
        try (var relay = start()) {
            outbox.post(conversation, 10);
            await().until(() -> outbox.unpublished() == 0);
            try (var another = new KafkaProducer<String, String>(Map.of(
                    "bootstrap.servers",
                    broker.address(),
                    "transactional.id",
                    "walcast." + database.name() + "." + database.name(),
                    "key.serializer",
                    StringSerializer.class,
                    "value.serializer",
                    StringSerializer.class))) {
                another.initTransactions();
            }
            outbox.post(conversation, 10);

            // It owns the slot, so it is right to come back; what the refused transaction held is published again.
            await().until(() -> outbox.unpublished() == 0);
            assertThat(relay.status().restarts()).isEqualTo(0);
            assertThat(firstOfEach(read())).isEqualTo(numbers(20));
            assertThat(read()).hasSize(20);
        }
    }

    /** As in rooms; and no producer can have a gateway close rooms. */
    @Test
    void aRowOfAnUnknownTopicIsMarkedAndNotPublished() {
        try (var relay = start()) {
            outbox.append("billing.invoice_paid", "no conversation", "{}");
            outbox.append(EventRecords.ROOM_CLOSED, conversation.toString(), "{}");
            outbox.append("billing.invoice_paid", "no conversation", added("x".repeat(1_100_000)));
            outbox.post(conversation, 1);

            await().until(() -> outbox.unpublished() == 0);
            assertThat(headers(read().get(0))).containsEntry("walcast-topic", "messaging.message_created");
            assertThat(read()).hasSize(1);
            assertThat(parked()).isZero();
        }
    }

    @Test
    void aRowThatIsTooLongForKafkaIsParked() {
        try (var relay = start()) {
            outbox.append(ADDED, conversation.toString(), added("x".repeat(1_100_000)));
            outbox.post(conversation, 1);

            await().until(() -> outbox.unpublished() == 1 && parked() == 1);
            relay.awaitStreaming();
        }
    }

    /** Half as many characters as the topic takes bytes. */
    @Test
    void bytesAreCountedAndNotCharacters() {
        try (var relay = start()) {
            outbox.append(ADDED, conversation.toString(), added("é".repeat(600_000)));
            outbox.jdbc()
                    .sql("insert into outbox (topic, event_key, payload, headers)"
                            + " values (?, ?, ?::jsonb, jsonb_build_object('h', repeat('é', 600000)))")
                    .params(ADDED, conversation.toString(), added(""))
                    .update();
            outbox.post(conversation, 1);

            await().until(() -> outbox.unpublished() == 2 && parked() == 2);
            assertThat(relay.status().restarts()).isZero();
        }
    }

    @Test
    void whatTheBrokerRefusesIsParkedAndNotPublishedForEver() throws Exception {
        try (var relay = start()) {
            outbox.post(conversation, 1);
            await().until(() -> outbox.unpublished() == 0);
            try (var admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
                var topic = new ConfigResource(ConfigResource.Type.TOPIC, database.name());
                var shorter =
                        new AlterConfigOp(new ConfigEntry("max.message.bytes", "10000"), AlterConfigOp.OpType.SET);
                admin.incrementalAlterConfigs(Map.of(topic, List.of(shorter)))
                        .all()
                        .get();
            }
            outbox.append(ADDED, conversation.toString(), added("x".repeat(20_000)));
            outbox.post(conversation, 1);

            await().until(() -> outbox.unpublished() == 1 && parked() == 1);
            List<ConsumerRecord<String, String>> records = read();
            assertThat(firstOfEach(records)).isEqualTo(numbers(2));
            assertThat(records.stream().map(record -> headers(record).get("walcast-topic")))
                    .contains("walcast.row_lost");
        }
    }

    @Test
    void aTopicThatForgetsIsRefusedWithWhatToDo() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            var compacted = new NewTopic(database.name(), 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(compacted)).all().get();
        }
        try (var relay = RelayProcess.launch(database, OverKafkaIT.relaySettings(broker, database))) {
            await().until(() -> relay.status().state() == State.BLOCKED);

            assertThat(relay.status().reason()).contains("cleanup.policy=compact", "walcast.kafka.topic");
        }
    }

    @Test
    void anotherHistoryIsToldInEachPartitionBetweenTheRowsBeforeAndAfter() {
        try (var relay = start()) {
            outbox.post(conversation, 1);
            await().until(() -> outbox.unpublished() == 0);
            outbox.jdbc().sql("update relay_slots set history = '1-00000001'").update();
            await().until(() -> relay.status().restarts() > 0);
            relay.awaitStreaming();
            outbox.post(conversation, 1);
            await().until(() -> outbox.unpublished() == 0);
        }
        List<ConsumerRecord<String, String>> records = read();
        Map<Integer, List<String>> topics = new TreeMap<>();
        records.forEach(record -> topics.computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                .add(headers(record).get("walcast-topic")));
        int ours = records.stream()
                .filter(record -> conversation.toString().equals(record.key()))
                .findFirst()
                .orElseThrow()
                .partition();
        String message = "messaging.message_created";
        String change = "walcast.history_changed";
        assertThat(topics.remove(ours)).containsExactly(message, change, message);
        assertThat(topics).as("the other partitions").hasSize(OverKafkaIT.PARTITIONS - 1);
        assertThat(topics.values()).allSatisfy(told -> assertThat(told).containsExactly(change));
    }

    private static String added(String rest) {
        return "{\"userId\": \"eve\", \"rest\": \"" + rest + "\"}";
    }

    private long parked() {
        return outbox.jdbc()
                .sql("select count(*) from outbox_parked")
                .query(Long.class)
                .single();
    }

    private RelayProcess start() {
        return RelayProcess.start(database, OverKafkaIT.relaySettings(broker, database));
    }

    /** Everything in the topic that is committed, partition by partition. */
    private List<ConsumerRecord<String, String>> read() {
        try (var consumer = new KafkaConsumer<String, String>(Map.of(
                "bootstrap.servers",
                broker.address(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class))) {
            var partitions = consumer.partitionsFor(database.name()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
            });
            return records;
        }
    }

    /** The seq of each message when it came for the first time. */
    private static List<Long> firstOfEach(List<ConsumerRecord<String, String>> records) {
        return records.stream()
                .map(record -> headers(record).get("walcast-seq"))
                .filter(Objects::nonNull)
                .map(Long::valueOf)
                .distinct()
                .toList();
    }

    private static List<Long> numbers(long last) {
        return java.util.stream.LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static Map<String, String> headers(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), EventRecords.header(record.headers(), header.key())));
        return new TreeMap<>(headers);
    }
}
