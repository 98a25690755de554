package io.walcast.relay.gateway.websocket;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of clients that are not identified yet. They share a tenth of all seats; if there are more of them,
 * the oldest is disconnected. So a flood of connections crowds out only unidentified ones, and a client that identifies
 * itself at once always gets a seat. Thread-safe; no connection is ended with the lock held.
 */
public final class Newcomers<T> {

    /** The share of all seats: one in ten. */
    private static final int PART = 10;

    private final int most;
    private final Consumer<T> disconnect;
    private final Set<T> oldestFirst = new LinkedHashSet<>();

    /** @param disconnect ends the connection of one of them; must lead to {@link #remove} or come after it */
    public Newcomers(int seats, Consumer<T> disconnect) {
        this.most = Math.max(1, seats / PART);
        this.disconnect = disconnect;
    }

    /** Adds a connection; the oldest may be disconnected for it. */
    public void add(T newcomer) {
        T oldest;
        synchronized (this) {
            oldestFirst.add(newcomer);
            oldest = oldestFirst.size() > most ? takeOldest() : null;
        }
        if (oldest != null) {
            disconnect.accept(oldest);
        }
    }

    /** The client has been identified, or is gone. */
    public synchronized void remove(T newcomer) {
        oldestFirst.remove(newcomer);
    }

    /** Disconnects the oldest, because every seat is taken. @return false if there is none */
    public boolean makeRoom() {
        T oldest;
        synchronized (this) {
            oldest = takeOldest();
        }
        if (oldest == null) {
            return false;
        }
        disconnect.accept(oldest);
        return true;
    }

    private @Nullable T takeOldest() {
        Iterator<T> first = oldestFirst.iterator();
        if (!first.hasNext()) {
            return null;
        }
        T oldest = first.next();
        first.remove();
        return oldest;
    }
}
