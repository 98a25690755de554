package io.walcast.acceptance;

import java.util.Locale;

/** Which processes a trial is made of; {@code -Dwalcast.topology=standby} has every fault strike another one. */
public enum Topology {
    /** One process does everything. */
    ALONE,
    /** REST in one process, and two relays, of which one stands by. */
    STANDBY;

    static Topology chosen() {
        return valueOf(System.getProperty("walcast.topology", ALONE.name()).toUpperCase(Locale.ROOT));
    }
}
