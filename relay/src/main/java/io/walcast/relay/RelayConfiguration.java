package io.walcast.relay;

import io.walcast.relay.kafka.KafkaConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The relay as one thing to import: engine, delivery, rooms, gateway and operations.
 *
 * <p>{@code walcast.relay.enabled=false} leaves all of it out, for a process that serves REST alone. A gateway node, which
 * is fed from a Kafka topic, has no engine, no delivery, and nothing to operate there.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "walcast.relay.enabled", matchIfMissing = true)
@Import({
    RelayDatabase.class,
    RelayConfiguration.FromTheWal.class,
    KafkaConfiguration.PublishesToKafka.class,
    KafkaConfiguration.ReadsFromKafka.class
})
@ComponentScan({"io.walcast.relay.events", "io.walcast.relay.rooms", "io.walcast.relay.gateway"})
@ConfigurationPropertiesScan
public class RelayConfiguration {

    @Configuration(proxyBeanMethods = false)
    @Conditional(ReadsTheWal.class)
    @ComponentScan({"io.walcast.relay.wal", "io.walcast.relay.delivery", "io.walcast.relay.ops"})
    static class FromTheWal {}
}
