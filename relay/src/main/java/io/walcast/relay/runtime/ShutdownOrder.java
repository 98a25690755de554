package io.walcast.relay.runtime;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The order in which the parts of a relay end when the application context closes, as phases of {@link SmartLifecycle}: the
 * next phase begins when the one before it has ended. Starts go the other way.
 *
 * <p>Rows stop coming in first, those that are on their way are delivered and marked, and only then do clients learn that
 * the server ends. The web server stops after all of these.
 */
public final class ShutdownOrder {

    /** First: work that no message waits for, such as measurements and maintenance. */
    public static final int BACKGROUND = SmartLifecycle.DEFAULT_PHASE;

    /** Long polls end, beside the web server's graceful stop, which waits for open requests. */
    public static final int POLLS = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;

    /** No more rows come in, from the WAL or from Kafka. */
    public static final int INTAKE = SmartLifecycle.DEFAULT_PHASE - 1100;

    /** No row is tried again. */
    public static final int RETRIES = INTAKE - 1;

    /** Rows that were delivered are marked. */
    public static final int MARKS = INTAKE - 2;

    /** All clients are closed, with a code that lets them come back. */
    public static final int CLIENTS = INTAKE - 3;

    private ShutdownOrder() {}
}
