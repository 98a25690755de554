package io.walcast.relay.gateway.websocket;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of those who have not said who they are: they share a part of all seats, and where there are more, the
 * oldest goes first. So someone who opens very many keeps only strangers waiting, and a client that says who it is at once
 * always gets a seat. Thread-safe; no connection is ended with the lock held.
 */
public final class Newcomers<T> {

    /** Of all seats. */
    private static final int PART = 10;

    private final int most;
    private final Consumer<T> disconnect;
    private final Set<T> oldestFirst = new LinkedHashSet<>();

    /** @param disconnect ends the connection of one; must lead to {@link #remove} or come after it */
    public Newcomers(int seats, Consumer<T> disconnect) {
        this.most = Math.max(1, seats / PART);
        this.disconnect = disconnect;
    }

    /** One more; the oldest may go for it. */
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

    /** It has said who it is, or is gone. */
    public synchronized void remove(T newcomer) {
        oldestFirst.remove(newcomer);
    }

    /** Puts the oldest out, for someone who finds every seat taken. @return false if there is none */
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
