package io.walcast.startup;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.core.env.Environment;

/**
 * The stages of delivery that a process serves, as three settings define them together.
 * <table> <caption>Legal combinations</caption> <tr><th>{@code walcast.relay.enabled}</th><th>{@code
 * walcast.relay.sink}</th><th>{@code walcast.gateway.source}</th><th></th></tr> <tr><td>{@code
 * false}</td><td>any</td><td>any</td><td>{@link #NO_RELAY}</td></tr> <tr><td>{@code true}</td><td>{@code
 * rooms}</td><td>{@code wal}</td><td>{@link #ROOMS}, the default</td></tr> <tr><td>{@code true}</td><td>{@code
 * kafka}</td><td>{@code wal}</td><td>{@link #PUBLISHER}</td></tr> <tr><td>{@code true}</td><td>{@code
 * rooms}</td><td>{@code kafka}</td><td>{@link #GATEWAY}</td></tr> <tr><td>{@code true}</td><td>{@code
 * kafka}</td><td>{@code kafka}</td><td>{@link #PUBLISHER_AND_GATEWAY}</td></tr> </table>
 */
public enum Topology {

    /** The process has neither a relay nor clients: it serves REST alone. */
    NO_RELAY(false, false, false),

    /** The relay reads the WAL and delivers to the clients of its own process. */
    ROOMS(true, false, false),

    /** The relay reads the WAL and publishes to Kafka. The process serves no clients. */
    PUBLISHER(true, true, false),

    /** The process serves clients from Kafka. It reads no WAL. */
    GATEWAY(false, false, true),

    /** The relay reads the WAL and publishes to Kafka, from which the same process serves clients. */
    PUBLISHER_AND_GATEWAY(true, true, true);

    private static final String ENABLED = "walcast.relay.enabled";
    private static final String SINK = "walcast.relay.sink";
    private static final String SOURCE = "walcast.gateway.source";
    private static final String KAFKA = "kafka";

    private final boolean readsWal;
    private final boolean publishesToKafka;
    private final boolean readsKafka;

    Topology(boolean readsWal, boolean publishesToKafka, boolean readsKafka) {
        this.readsWal = readsWal;
        this.publishesToKafka = publishesToKafka;
        this.readsKafka = readsKafka;
    }

    /**
     * Reads the three settings.
     *
     * @throws StartupException if one of them has an illegal value
     */
    public static Topology of(Environment environment) {
        boolean enabled = isOn(environment, ENABLED, "true", "false");
        if (!enabled) {
            return NO_RELAY;
        }
        boolean toKafka = !isOn(environment, SINK, "rooms", KAFKA);
        boolean fromKafka = !isOn(environment, SOURCE, "wal", KAFKA);
        return Arrays.stream(values())
                .filter(one -> one != NO_RELAY && one.publishesToKafka == toKafka && one.readsKafka == fromKafka)
                .findFirst()
                .orElseThrow();
    }

    /** Whether the relay reads the WAL. Its login must then have the right to replicate. */
    public boolean readsWal() {
        return readsWal;
    }

    /** Whether a setting has the first of its two values, which is the default. */
    private static boolean isOn(Environment environment, String key, String first, String second) {
        String value = environment.getProperty(key, first).toLowerCase(Locale.ROOT);
        if (!List.of(first, second).contains(value)) {
            throw new StartupException(
                    String.format(Locale.ROOT, "%s is \"%s\"; set it to %s or %s", key, value, first, second));
        }
        return value.equals(first);
    }
}
