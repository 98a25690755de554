package io.walcast.relay.runtime;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The order in which the parts of a relay end when the application context closes, as phases of {@link SmartLifecycle}:
 * a phase begins when the one before it has ended. The parts start in the reverse order.
 *
 * <p>The intake of rows ends first. Then the rows in flight are delivered and marked. Only then are clients
 * disconnected. The web server stops after all of these.
 */
public final class ShutdownOrder {

    /** First: work that no message waits for, such as measurements and maintenance. */
    public static final int BACKGROUND = SmartLifecycle.DEFAULT_PHASE;

    /** Long polls end, in the phase of the web server's graceful stop, which waits for open requests. */
    public static final int POLLS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;

    /** No more rows come in, from the WAL or from Kafka. */
    public static final int INTAKE = SmartLifecycle.DEFAULT_PHASE - 1100;

    /** Retries end. */
    public static final int RETRIES = INTAKE - 1;

    /** Rows that were delivered are marked. */
    public static final int MARKS = INTAKE - 2;

    /** All client connections are closed, with a code after which clients reconnect. */
    public static final int CLIENTS = INTAKE - 3;

    private ShutdownOrder() {}
}
