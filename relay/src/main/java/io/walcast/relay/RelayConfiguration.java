package io.walcast.relay;

import io.walcast.relay.kafka.KafkaConfiguration;
import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The Spring configuration of the relay, for one import: engine, delivery, rooms, feeds, gateway and operations.
 *
 * <p>{@code walcast.relay.enabled=false} leaves all of it out, for a process that serves REST alone. A gateway node
 * gets its events from a Kafka topic, so it has no engine, no delivery and no operations.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnTopology({Topology.ROOMS, Topology.PUBLISHER, Topology.GATEWAY, Topology.PUBLISHER_AND_GATEWAY})
@Import({
    RelayDatabase.class,
    RelayConfiguration.FromTheWal.class,
    KafkaConfiguration.PublishesToKafka.class,
    KafkaConfiguration.ReadsFromKafka.class
})
@ComponentScan({
    "io.walcast.relay.events",
    "io.walcast.relay.feed",
    "io.walcast.relay.rooms",
    "io.walcast.relay.gateway",
    "io.walcast.relay.admission"
})
@ConfigurationPropertiesScan
public class RelayConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnTopology({Topology.ROOMS, Topology.PUBLISHER, Topology.PUBLISHER_AND_GATEWAY})
    @ComponentScan({"io.walcast.relay.wal", "io.walcast.relay.delivery", "io.walcast.relay.ops"})
    static class FromTheWal {}
}
