package io.walcast.relay.kafka;

import io.walcast.relay.events.EventCatalogue;
import io.walcast.relay.events.RoomEvents;
import io.walcast.relay.events.UnknownTopics;
import io.walcast.relay.wal.WalSettings;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans at both ends of the Kafka topic; a process may have either end, or both. */
public final class KafkaConfiguration {

    private KafkaConfiguration() {}

    /** The relay publishes rows to the topic. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnTopology({Topology.PUBLISHER, Topology.PUBLISHER_AND_GATEWAY})
    @EnableConfigurationProperties(KafkaProperties.class)
    public static class PublishesToKafka {

        @Bean
        KafkaSink kafkaSink(
                EventTopicSettings settings,
                WalSettings wal,
                EventCatalogue catalogue,
                UnknownTopics unknownTopics,
                KafkaProperties kafka) {
            var topic = new EventTopic(settings, kafka.buildAdminProperties());
            return new KafkaSink(topic, settings, wal, catalogue, unknownTopics, kafka.buildProducerProperties());
        }
    }

    /** Rooms get their events from the topic. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnTopology({Topology.GATEWAY, Topology.PUBLISHER_AND_GATEWAY})
    @EnableConfigurationProperties(KafkaProperties.class)
    public static class ReadsFromKafka {

        @Bean
        KafkaTail kafkaTail(
                EventTopicSettings settings,
                RoomEvents events,
                KafkaProperties kafka,
                ApplicationEventPublisher listeners) {
            var topic = new EventTopic(settings, kafka.buildAdminProperties());
            return new KafkaTail(topic, settings, events, kafka.buildConsumerProperties(), listeners);
        }

        @Bean
        TailHealthIndicator tailHealthIndicator(KafkaTail kafkaTail) {
            return new TailHealthIndicator(kafkaTail);
        }
    }
}
