package io.walcast.relay;

import io.walcast.relay.doctor.Doctor;
import io.walcast.relay.runtime.RelayDatabase;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The relay as a process of its own: it reads the WAL of a database that other processes write to, and serves clients.
 *
 * <p>It has no REST API, no embedded PostgreSQL and no right to migrate; its one pool is {@link RelayDatabase}'s. With
 * {@code --doctor} it examines the server and ends.
 */
@SpringBootConfiguration
@EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class})
@Import(RelayConfiguration.class)
public class WalcastRelay {

    /** Later names override earlier ones: common settings, the relay's own, the user's. */
    private static final String CONFIGURATION = "spring.config.name=walcast,relay,application";

    public static void main(String[] arguments) {
        if (Doctor.isAsked(arguments)) {
            System.exit(Doctor.examine(arguments, CONFIGURATION));
        }
        new SpringApplicationBuilder(WalcastRelay.class)
                .properties(CONFIGURATION)
                .run(arguments);
    }
}
