package io.walcast.relay.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.Outbox;
import io.walcast.relay.gateway.JsonSocket;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a gateway makes of the topic. */
class KafkaTailIT {

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
    void newPartitionsAreReadWithinSeconds() throws Exception {
        try (var gateway = OverKafkaIT.gateway(broker, database);
                var ada = JsonSocket.open(gateway.port(), "ada");
                var admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            join(ada);
            admin.createPartitions(Map.of(database.name(), NewPartitions.increaseTo(6)))
                    .all()
                    .get();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.bean(KafkaTail.class).status().reason().equals("reading 6 partitions"));
            send(5, "messaging.member_added", "{\"userId\": \"eve\"}");
            assertThat(ada.next().path("event").stringValue()).isEqualTo("member.added");
        }
    }

    @Test
    void aTransactionThatHangsInOnePartitionIsNoticed() {
        try (var gateway = OverKafkaIT.gateway(broker, database);
                var ada = JsonSocket.open(gateway.port(), "ada");
                var hanging = new KafkaProducer<String, String>(Map.of(
                        "bootstrap.servers",
                        broker.address(),
                        "transactional.id",
                        "foreign." + database.name(),
                        "transaction.timeout.ms",
                        "300000",
                        "key.serializer",
                        StringSerializer.class,
                        "value.serializer",
                        StringSerializer.class))) {
            join(ada);
            hanging.initTransactions();
            hanging.beginTransaction();
            hanging.send(new ProducerRecord<>(database.name(), 2, "key", "{}"));
            hanging.flush();
            send(2, "messaging.member_added", "{\"userId\": \"eve\"}");

            await().until(() -> !gateway.bean(KafkaTail.class).status().live());
            assertThat(gateway.bean(KafkaTail.class).status().reason())
                    .contains(database.name() + "-2", "kafka-transactions.sh");
            hanging.abortTransaction();
            await().until(() -> gateway.bean(KafkaTail.class).status().live());
            assertThat(ada.next().path("event").stringValue()).isEqualTo("member.added");
        }
    }

    /** A gateway that was not updated yet, say, and cannot read what the relay could. */
    @Test
    void aRemovalThatMakesNoSenseClosesTheRoom() {
        try (var gateway = OverKafkaIT.gateway(broker, database);
                var ada = JsonSocket.open(gateway.port(), "ada")) {
            join(ada);
            send(1, "messaging.member_removed", "{}");

            assertThat(ada.next().path("event").stringValue()).isEqualTo("conversation.left");
        }
    }

    @Test
    void anotherHistoryPutsEveryoneOutWhicheverPartitionSaysSo() {
        try (var gateway = OverKafkaIT.gateway(broker, database);
                var ada = JsonSocket.open(gateway.port(), "ada");
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.address()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            join(ada);
            producer.send(EventRecords.historyChanged(3, database.name()));
            producer.flush();

            assertThat(ada.next().path("event").stringValue()).isEqualTo("conversation.left");
        }
    }

    private void join(JsonSocket socket) {
        var answer = socket.send(
                        "{'id':1,'event':'join.conversation','data':{'conversationId':'" + conversation + "'}}")
                .next();
        assertThat(answer.at("/data/ok").booleanValue()).isTrue();
    }

    private void send(int partition, String topic, String payload) {
        try (var producer = new KafkaProducer<String, String>(Map.of(
                "bootstrap.servers",
                broker.address(),
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class))) {
            var record = new ProducerRecord<>(database.name(), partition, conversation.toString(), payload);
            record.headers()
                    .add(EventRecords.TOPIC, topic.getBytes(UTF_8))
                    .add(EventRecords.OUTBOX_ID, "1".getBytes(UTF_8));
            producer.send(record);
            producer.flush();
        }
    }
}
