package io.walcast.relay.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that the Kafka topic of the events exists and has suitable settings. Thread-safe. */
final class EventTopic {

    private static final Logger LOG = LoggerFactory.getLogger(EventTopic.class);

    /** Gateways read new records only. The retention is for gateways that were cut off from Kafka. */
    private static final Duration RETENTION = Duration.ofDays(1);

    private final EventTopicSettings settings;
    private final Map<String, Object> adminProperties;

    EventTopic(EventTopicSettings settings, Map<String, Object> adminProperties) {
        this.settings = settings;
        this.adminProperties = adminProperties;
        int millis = (int) settings.timeout().toMillis();
        adminProperties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        adminProperties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
    }

    /** Opens a client for questions about the topic; the caller closes it. */
    Admin admin() {
        return Admin.create(adminProperties);
    }

    String name() {
        return settings.topic();
    }

    /**
     * Creates the topic if it is missing.
     *
     * @return the longest record that it takes, in bytes
     * @throws TimeoutException if no broker answers
     * @throws IllegalStateException if the topic is not suitable for events; the message has the remedy
     */
    int ensure() throws TimeoutException, InterruptedException, ExecutionException {
        long millis = settings.timeout().toMillis();
        try (var admin = admin()) {
            Set<String> topics = admin.listTopics().names().get(millis, TimeUnit.MILLISECONDS);
            if (!topics.contains(settings.topic())) {
                create(admin, millis);
            }
            return check(admin, millis);
        }
    }

    private void create(Admin admin, long millis) throws TimeoutException, InterruptedException, ExecutionException {
        var topic = new NewTopic(
                        settings.topic(),
                        Optional.of(settings.partitions()),
                        settings.replicationFactor() < 1 ? Optional.empty() : Optional.of(settings.replicationFactor()))
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(RETENTION.toMillis())));
        try {
            admin.createTopics(List.of(topic)).all().get(millis, TimeUnit.MILLISECONDS);
            LOG.info("Created Kafka topic {} with {} partitions", settings.topic(), settings.partitions());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** A compacted topic would forget all but the newest event of each conversation. Returns the longest record. */
    private int check(Admin admin, long millis) throws TimeoutException, InterruptedException, ExecutionException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic());
        Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource))
                .all()
                .get(millis, TimeUnit.MILLISECONDS)
                .get(resource));
        String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new IllegalStateException("Kafka topic " + settings.topic() + " has cleanup.policy=" + policy
                    + " and would forget events; set it to delete, or walcast.kafka.topic to another one");
        }
        return Integer.parseInt(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }
}
