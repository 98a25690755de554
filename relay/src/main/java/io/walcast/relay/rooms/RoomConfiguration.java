package io.walcast.relay.rooms;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans of rooms that read the tables on {@link RoomThreads}. */
@Configuration(proxyBeanMethods = false)
class RoomConfiguration {

    @Bean
    CatchUp catchUp(Conversations conversations, RoomThreads threads) {
        return new CatchUp(conversations, threads.pages());
    }

    @Bean
    Admissions admissions(Conversations conversations, RoomThreads threads, RoomMeters meters) {
        return new Admissions(conversations, threads.joins(), meters);
    }
}
