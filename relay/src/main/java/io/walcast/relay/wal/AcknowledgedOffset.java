package io.walcast.relay.wal;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * What the connector is told of the place up to which its records are done with. Nothing at its start: then the slot
 * itself is the position, and a stored second one could only disagree with it.
 *
 * <p>For the engine's thread.
 */
final class AcknowledgedOffset implements SourceTaskContext, OffsetStorageReader {

    private final Map<String, String> properties;
    private @Nullable SourceRecord last;

    AcknowledgedOffset(Map<String, String> properties) {
        this.properties = properties;
    }

    /** Moves on to behind this record. */
    void moveTo(SourceRecord record) {
        last = record;
    }

    @Override
    public Map<String, String> configs() {
        return properties;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return this;
    }

    @Override
    public @Nullable PluginMetrics pluginMetrics() {
        return null;
    }

    @Override
    public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
        return offsets().get(partition);
    }

    @Override
    @SuppressWarnings("unchecked") // the keys are those that the connector gave its records
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        return (Map<Map<String, T>, Map<String, Object>>) (Map<?, ?>) offsets();
    }

    @SuppressWarnings("unchecked")
    private Map<Map<String, ?>, Map<String, Object>> offsets() {
        return last == null
                ? Map.of()
                : Map.of((Map<String, ?>) last.sourcePartition(), (Map<String, Object>) last.sourceOffset());
    }
}
