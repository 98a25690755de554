package io.walcast.relay.runtime;

import java.time.Duration;

/** Pauses between attempts, each twice as long as the one before, up to a maximum. For one thread. */
public final class Backoff {

    private final Duration first;
    private final Duration longest;
    private Duration next;

    public Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    /** The pause to make now. */
    public Duration next() {
        Duration pause = next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(longest) > 0 ? longest : doubled;
        return pause;
    }

    /** Begins with the first pause again, after a success. */
    public void reset() {
        next = first;
    }
}
