package io.walcast.relay.wal;

import io.debezium.connector.postgresql.PostgresConnector;
import io.walcast.relay.RelayDatabase;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final Duration LONGEST_LOOK = Duration.ofMillis(100);

    /** What a URL may say of TLS. The engine opens its own connections, and they are to be no less safe than the pool's. */
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

    /** For how long the connector's thread looks for something in the WAL: behind an empty look it sends heartbeats. */
    Duration look() {
        Duration tenth = settings.heartbeat().dividedBy(10);
        return tenth.compareTo(LONGEST_LOOK) < 0 ? tenth : LONGEST_LOOK;
    }

    /** What an engine that waits so is made of. */
    Map<String, String> create(WalWait wait) {
        Properties url = database.urlProperties();
        var properties = new HashMap<String, String>();
        properties.put("name", "walcast");
        properties.put("connector.class", PostgresConnector.class.getName());
        properties.put("topic.prefix", TOPIC_PREFIX);
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
        properties.put("driver.options", RelayDatabase.NO_LIMITS + " -c wal_sender_timeout=" + WAL_SENDER_TIMEOUT);
        properties.put("status.update.interval.ms", "2000");

        properties.put("plugin.name", "pgoutput");
        properties.put("slot.name", settings.slot());
        properties.put("slot.drop.on.stop", "false");
        // A slot that is held is the supervisor's business: it waits as a standby and looks again.
        properties.put("slot.max.retries", "0");
        properties.put("publication.name", settings.publication());
        properties.put("publication.autocreate.mode", "disabled");
        properties.put("table.include.list", "public.outbox");
        properties.put("snapshot.mode", "no_data");
        properties.put("tombstones.on.delete", "false");

        // A retriable error would skip the batch; the supervisor restarts instead.
        properties.put("errors.max.retries", "0");
        properties.put(
                "heartbeat.interval.ms", Long.toString(settings.heartbeat().toMillis()));

        // A batch is full with its first record, so the queue never waits for a second one.
        properties.put("max.batch.size", "1");
        properties.put("max.queue.size", "4096");
        properties.put(
                "poll.interval.ms",
                Long.toString(settings.latency().pollInterval().toMillis()));
        return properties;
    }
}
