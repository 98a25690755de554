package io.walcast.acceptance;

import java.util.Locale;

/** Which processes a trial is made of; {@code -Dwalcast.topology=standby} or {@code kafka} has every fault strike another one. */
public enum Topology {
    /** One process does everything. */
    ALONE,
    /** REST in one process, and two relays, of which one stands by. */
    STANDBY,
    /** As before, with the relays publishing to Kafka, and two gateway nodes that read from there. */
    KAFKA;

    static Topology chosen() {
        return valueOf(System.getProperty("walcast.topology", ALONE.name()).toUpperCase(Locale.ROOT));
    }
}
