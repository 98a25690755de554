package io.walcast.app;

import io.walcast.relay.RelayConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Walcast in one process: REST, relay and gateway. */
// The relay makes its own clients of Kafka, where it has any.
@SpringBootApplication(exclude = KafkaAutoConfiguration.class)
@Import(RelayConfiguration.class)
public class Walcast {

    public static void main(String[] arguments) {
        SpringApplication.run(Walcast.class, arguments);
    }
}
