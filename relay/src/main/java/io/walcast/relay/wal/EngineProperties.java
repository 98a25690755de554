package io.walcast.relay.wal;

import io.walcast.relay.RelayDatabase;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.stereotype.Component;

/** The engine's configuration. Each line that is not a name or an address is there for a reason that it states. */
@Component
class EngineProperties {

    /** The relay's walsender is given up by PostgreSQL after this long without a word, so that a standby can take over. */
    private static final String WAL_SENDER_TIMEOUT = "10s";

    /** Names the engine's MBeans; nothing else uses it. */
    static final String TOPIC_PREFIX = "walcast";

    private final WalSettings settings;
    private final RelayDatabase database;

    EngineProperties(WalSettings settings, RelayDatabase database) {
        this.settings = settings;
        this.database = database;
    }

    Properties create() {
        Properties url = database.urlProperties();
        var properties = new Properties();
        properties.setProperty("name", "walcast");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("topic.prefix", TOPIC_PREFIX);
        properties.setProperty("database.hostname", url.getProperty(PGProperty.PG_HOST.getName()));
        properties.setProperty("database.port", url.getProperty(PGProperty.PG_PORT.getName()));
        properties.setProperty("database.dbname", url.getProperty(PGProperty.PG_DBNAME.getName()));
        properties.setProperty("database.user", database.username());
        properties.setProperty("database.password", database.password());
        String sslMode = PGProperty.SSL_MODE.getOrDefault(url);
        if (sslMode != null) {
            properties.setProperty("database.sslmode", sslMode);
        }
        properties.setProperty("driver.options", "-c wal_sender_timeout=" + WAL_SENDER_TIMEOUT);
        properties.setProperty("status.update.interval.ms", "2000");

        properties.setProperty("plugin.name", "pgoutput");
        properties.setProperty("slot.name", settings.slot());
        properties.setProperty("slot.drop.on.stop", "false");
        // A slot that is held is the supervisor's business: it waits as a standby and looks again.
        properties.setProperty("slot.max.retries", "0");
        properties.setProperty("publication.name", settings.publication());
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("table.include.list", "public.outbox");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("tombstones.on.delete", "false");

        // The slot itself is the position: stored offsets could only disagree with it.
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("offset.flush.interval.ms", "100");
        // A retriable error would skip the batch; the supervisor restarts instead.
        properties.setProperty("errors.max.retries", "0");
        properties.setProperty(
                "heartbeat.interval.ms", Long.toString(settings.heartbeat().toMillis()));

        // A batch is full with its first record, so the queue never waits for a second one.
        properties.setProperty("max.batch.size", "1");
        properties.setProperty("max.queue.size", "4096");
        properties.setProperty(
                "poll.interval.ms",
                Long.toString(settings.latency().pollInterval().toMillis()));
        properties.setProperty("record.processing.threads", "1");
        return properties;
    }
}
