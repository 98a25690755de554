package io.walcast.relay.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts the rows whose topic is not in the {@linkplain EventCatalogue catalogue}, and logs each such topic once.
 *
 * <p>Such a row is passed over and counts as delivered, whether rows go to rooms or to Kafka: an outbox that other
 * producers use too must not get stuck on rows that are not for us. Thread-safe.
 */
@Component
public final class UnknownTopics {

    private static final Logger LOG = LoggerFactory.getLogger(UnknownTopics.class);

    /** Another producer may write any number of topics, of any length. */
    private static final int MOST_LOGGED = 1_000;

    private static final int LONGEST_LOGGED = 250;

    private final Counter rows;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    public UnknownTopics(MeterRegistry meters) {
        this.rows = Counter.builder("walcast.delivery.unknown.topics")
                .description("Outbox rows marked without delivery because nothing handles their topic")
                .register(meters);
    }

    /** Counts a row that is passed over. */
    public void passedOver(String topic, long outboxId) {
        rows.increment();
        if (topic.length() <= LONGEST_LOGGED && logged.size() < MOST_LOGGED && logged.add(topic)) {
            LOG.warn(
                    "Nothing here handles topic {}: outbox row {} and all later ones of it are marked without delivery",
                    topic,
                    outboxId);
        }
    }
}
