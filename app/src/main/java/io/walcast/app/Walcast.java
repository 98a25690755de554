package io.walcast.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Walcast in one process: REST, relay and gateway. */
@SpringBootApplication
public class Walcast {

    public static void main(String[] arguments) {
        SpringApplication.run(Walcast.class, arguments);
    }
}
