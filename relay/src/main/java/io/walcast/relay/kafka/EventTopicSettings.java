package io.walcast.relay.kafka;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The Kafka topic between relay and gateways. Brokers and their security are {@code spring.kafka.*}.
 *
 * @param topic the name of the topic, which has all events of all conversations; the key of a record is the
 *     conversation
 * @param partitions of the topic if it is created here
 * @param replicationFactor of the topic if it is created here; -1 leaves it to the broker
 * @param timeout how long brokers may take for an answer, before they count as down
 */
@Validated
@ConfigurationProperties("walcast.kafka")
record EventTopicSettings(
        @DefaultValue("walcast.events")
        @Pattern(regexp = "[a-zA-Z0-9._-]{1,249}", message = "must be the name of a topic")
        String topic,

        @DefaultValue("24") @Min(1) @Max(10_000) int partitions,
        @DefaultValue("-1") @Min(-1) @Max(100) short replicationFactor,

        @DefaultValue("10s") @DurationMin(seconds = 2) @DurationMax(minutes = 2)
        Duration timeout) {}
