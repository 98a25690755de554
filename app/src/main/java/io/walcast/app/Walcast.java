package io.walcast.app;

import io.walcast.relay.RelayConfiguration;
import io.walcast.relay.doctor.Doctor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Walcast in one process: REST, relay and gateway. With {@code --doctor} it examines the relay's server and ends. */
// The relay makes its own clients of Kafka, where it has any.
@SpringBootApplication(exclude = KafkaAutoConfiguration.class)
@Import(RelayConfiguration.class)
public class Walcast {

    public static void main(String[] arguments) {
        if (Doctor.isAsked(arguments)) {
            System.exit(Doctor.examine(arguments));
        }
        SpringApplication.run(Walcast.class, arguments);
    }
}
