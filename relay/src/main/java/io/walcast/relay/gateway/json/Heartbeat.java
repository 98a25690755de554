package io.walcast.relay.gateway.json;

import java.util.function.BooleanSupplier;

/** Whether the other side of one connection lives. Told what is heard from any thread; asked by one. */
final class Heartbeat {

    private final long startedAt = System.nanoTime();
    private volatile long heardAt = startedAt;
    private long pingedAt = startedAt;
    private boolean awaited;

    long age(long now) {
        return now - startedAt;
    }

    void heard() {
        heardAt = System.nanoTime();
    }

    /**
     * Sends a ping when one is due.
     *
     * @param ping sends it; false if the connection is busy, and then must be asked again
     * @return whether a ping has not been answered in time
     */
    boolean isSilent(long now, JsonSettings settings, BooleanSupplier ping) {
        if (awaited && heardAt - pingedAt < 0) {
            return now - pingedAt > settings.pingTimeout().toNanos();
        }
        awaited = false;
        if (now - pingedAt >= settings.pingInterval().toNanos()) {
            long before = System.nanoTime();
            if (ping.getAsBoolean()) {
                pingedAt = before;
                awaited = true;
            }
        }
        return false;
    }
}
