package io.walcast.relay.events;

import io.walcast.relay.events.EventKind.Loss;
import io.walcast.relay.rooms.EventNames;
import io.walcast.startup.EventSettings;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * All kinds of events, by topic: those of chats, and those that the settings name.
 *
 * <p>All code that depends on a topic asks this catalogue, in the process that reads the WAL and in one that reads
 * Kafka. A topic that is not here is unknown: see {@link UnknownTopics}. Thread-safe.
 */
@Component
@EnableConfigurationProperties(EventSettings.class)
public final class EventCatalogue implements EventNames {

    private final Map<String, EventKind> kinds = new LinkedHashMap<>();

    public EventCatalogue(EventSettings settings) {
        Arrays.stream(ChatEvent.values()).forEach(this::add);
        settings.names().forEach((topic, name) -> add(new OwnEvent(topic, name)));
    }

    private void add(EventKind kind) {
        kinds.put(kind.topic(), kind);
    }

    /** The kind of a row's event; null if the topic is unknown. */
    public @Nullable EventKind of(String topic) {
        return kinds.get(topic);
    }

    /** The consequence of the loss of a row with this topic and key. */
    public Loss loss(String topic, String eventKey) {
        EventKind kind = of(topic);
        return kind == null || !EventKind.UUIDS.matcher(eventKey).matches() ? Loss.NOTHING : kind.loss();
    }

    @Override
    public @Nullable String ofTopic(String topic) {
        EventKind kind = of(topic);
        return kind == null ? null : kind.wireName();
    }

    Collection<EventKind> all() {
        return Collections.unmodifiableCollection(kinds.values());
    }
}
