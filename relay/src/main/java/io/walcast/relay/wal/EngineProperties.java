package io.walcast.relay.wal;

import io.walcast.relay.runtime.RelayDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.springframework.stereotype.Component;

/** The configuration of Debezium's engine. Each line that is not a name or an address has its reason in a comment. */
@Component
class EngineProperties {

    /** PostgreSQL ends the relay's walsender after this long without a reply, so that a standby can take over. */
    private static final String WAL_SENDER_TIMEOUT = "10s";

    /**
     * The connector creates a missing slot, which waits for open transactions. With this limit it does not outlive its
     * engine.
     */
    private static final String LOCK_TIMEOUT = "10s";

    /** Names the engine's MBeans; nothing else uses it. */
    static final String TOPIC_PREFIX = "walcast";

    private static final Duration LONGEST_QUIET_PAUSE = Duration.ofSeconds(5);

    private static final Duration LONGEST_POLL = Duration.ofMillis(100);

    /** The bytes that the engine's queue holds, approximately; one record that is larger passes alone. */
    private static final int QUEUE_BYTES = 16 << 20;

    /** The TLS settings of a URL. The engine opens its own connections, which must be as secure as the pool's. */
    private static final List<PGProperty> TLS = List.of(
            PGProperty.SSL,
            PGProperty.SSL_MODE,
            PGProperty.SSL_ROOT_CERT,
            PGProperty.SSL_CERT,
            PGProperty.SSL_KEY,
            PGProperty.SSL_PASSWORD,
            PGProperty.SSL_PASSWORD_CALLBACK,
            PGProperty.SSL_FACTORY,
            PGProperty.SSL_FACTORY_ARG,
            PGProperty.SSL_HOSTNAME_VERIFIER,
            PGProperty.SSL_NEGOTIATION,
            PGProperty.SSL_RESPONSE_TIMEOUT,
            PGProperty.CHANNEL_BINDING,
            PGProperty.GSS_ENC_MODE);

    private final WalSettings settings;
    private final RelayDatabase database;

    EngineProperties(WalSettings settings, RelayDatabase database) {
        this.settings = settings;
        this.database = database;
    }

    /** How long one poll for WAL data may block. Heartbeats are sent only after a poll that timed out. */
    Duration pollTimeout() {
        Duration tenth = settings.heartbeat().dividedBy(10);
        return tenth.compareTo(LONGEST_POLL) < 0 ? tenth : LONGEST_POLL;
    }

    /**
     * How long an idle engine may leave settled positions unacknowledged; shorter than the patience of the watchdog.
     */
    Duration quietPause() {
        Duration half = settings.patience().dividedBy(2);
        return half.compareTo(LONGEST_QUIET_PAUSE) < 0 ? half : LONGEST_QUIET_PAUSE;
    }

    /** The configuration of an engine that waits for WAL data with {@code wait}. */
    Properties create(WalWait wait) {
        Properties url = database.urlProperties();
        var properties = new Properties();
        properties.put("name", "walcast");
        properties.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.put("topic.prefix", TOPIC_PREFIX);
        properties.put("custom.metric.tags", EngineBeans.nextTag());
        properties.put("database.hostname", url.getProperty(PGProperty.PG_HOST.getName()));
        properties.put("database.port", url.getProperty(PGProperty.PG_PORT.getName()));
        properties.put("database.dbname", url.getProperty(PGProperty.PG_DBNAME.getName()));
        properties.put("database.user", database.username());
        properties.put("database.password", database.password());
        for (PGProperty setting : TLS) {
            String value = url.getProperty(setting.getName());
            if (value != null) {
                properties.put("driver." + setting.getName(), value);
            }
        }
        properties.put("driver.socketFactory", WalSocketFactory.class.getName());
        properties.put("driver.socketFactoryArg", wait.id());
        properties.put(
                "driver.options",
                database.withoutLimits() + " -c wal_sender_timeout=" + WAL_SENDER_TIMEOUT + " -c lock_timeout="
                        + LOCK_TIMEOUT);
        properties.put("status.update.interval.ms", "2000");

        properties.put("plugin.name", "pgoutput");
        properties.put("slot.name", settings.slot());
        properties.put("slot.drop.on.stop", "false");
        // If the slot is held, the supervisor waits and tries again.
        properties.put("slot.max.retries", "0");
        properties.put("publication.name", settings.publication());
        properties.put("publication.autocreate.mode", "disabled");
        properties.put("table.include.list", "public.outbox");
        properties.put("snapshot.mode", "no_data");
        properties.put("tombstones.on.delete", "false");

        // The slot is the position: a second one, stored elsewhere, could only disagree with it.
        properties.put("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        // Only the engine acknowledges: the driver would also acknowledge rows that are not settled.
        properties.put("lsn.flush.mode", "connector");

        // A retriable error would skip the batch; the supervisor restarts instead.
        properties.put("errors.max.retries", "0");
        // A start that failed is tried again once by the connector itself; if that fails too, the engine ends.
        properties.put("retriable.restart.connector.wait.ms", "100");
        // Shorter than the time in which the watchdog expects an engine to hold the slot. A stop does not wait for it:
        // see WalEngine.
        properties.put("task.management.timeout.ms", "25000");
        // A stop refuses the row in progress, and has nothing else to wait for.
        properties.put("record.processing.shutdown.timeout.ms", "500");
        properties.put("executor.shutdown.timeout.ms", "1000");
        properties.put(
                "heartbeat.interval.ms", Long.toString(settings.heartbeat().toMillis()));

        // Nothing is transformed, so one thread is enough to hand records over.
        properties.put("record.processing.threads", "1");
        // A batch is full with its first record, so the queue never waits for a second one.
        properties.put("max.batch.size", "1");
        properties.put("max.queue.size", "4096");
        properties.put("max.queue.size.in.bytes", Integer.toString(QUEUE_BYTES));
        properties.put(
                "poll.interval.ms",
                Long.toString(settings.latency().pollInterval().toMillis()));
        return properties;
    }
}
