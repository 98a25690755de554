package io.walcast.relay.gateway.formats;

/**
 * All clients of one wire format, as admission, shutdown and meters see them. Every such bean is asked: a further format
 * needs no change there.
 *
 * <p>Thread-safe; all methods return at once.
 */
public interface ClientFormat {

    /** The name of the format in metrics. */
    String protocol();

    /** Clients that are connected, whether they have said who they are or not. */
    int connections();

    /** Disconnects every client in a way that lets it reconnect, and takes no new ones until {@link #resume()}. */
    void suspend();

    /** Takes clients again after {@link #suspend()}. */
    void resume();

    /**
     * Takes no new clients from now on, for good. Disconnects those whose waiting requests would hold up a web server that
     * lets requests end before it stops.
     */
    void refuseNew();

    /** Disconnects every client in a way that lets it reconnect, and takes no new ones, for good. */
    void close();
}
