package io.walcast.relay.kafka;

import static org.awaitility.Awaitility.await;

import io.walcast.db.TestDatabase;
import io.walcast.relay.DeliveryContract;
import io.walcast.relay.RelayProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** From the relay through a Kafka topic to two gateway nodes, between which clients change with each connection. */
class OverKafkaIT extends DeliveryContract {

    static final int PARTITIONS = 4;

    private static TestBroker broker;

    private TestDatabase database;
    private RelayProcess relay;
    private List<RelayProcess> gateways;
    private int connections;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.create();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Override
    protected void start(TestDatabase database) {
        this.database = database;
        relay = RelayProcess.start(database, relaySettings(broker, database));
        gateways = List.of(gateway(broker, database), gateway(broker, database));
    }

    @Override
    protected void replaceRelay() {
        relay.close();
        relay = RelayProcess.start(database, relaySettings(broker, database));
    }

    @Override
    protected int port() {
        return gateways.get(connections++ % gateways.size()).port();
    }

    @Override
    protected void stop() {
        relay.close();
        gateways.forEach(RelayProcess::close);
    }

    static Map<String, Object> relaySettings(TestBroker broker, TestDatabase database) {
        return Map.of(
                "walcast.relay.sink",
                "kafka",
                "walcast.kafka.topic",
                database.name(),
                "walcast.kafka.partitions",
                PARTITIONS,
                "walcast.kafka.timeout",
                "4s",
                "spring.kafka.bootstrap-servers",
                broker.address());
    }

    static RelayProcess gateway(TestBroker broker, TestDatabase database) {
        var gateway = RelayProcess.launch(
                database,
                Map.of(
                        "walcast.gateway.source",
                        "kafka",
                        "walcast.kafka.topic",
                        database.name(),
                        "walcast.kafka.partitions",
                        PARTITIONS,
                        "walcast.kafka.timeout",
                        "4s",
                        "spring.kafka.bootstrap-servers",
                        broker.address()));
        await().until(() -> gateway.bean(KafkaTail.class).status().live());
        return gateway;
    }
}
