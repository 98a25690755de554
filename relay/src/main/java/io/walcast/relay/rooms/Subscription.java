package io.walcast.relay.rooms;

import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The subscription of one connection to one room, with its position in the log. Guarded by the room's monitor, except
 * for the fields of its one catch-up task.
 */
final class Subscription {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(16);

    final Subscriber subscriber;

    /**
     * The place in the log up to which the subscriber has everything. While catching up, only the catch-up task moves
     * it.
     */
    long position;

    /** Only messages with a higher seq are sent. */
    long seq;

    boolean live;

    /** The table must be read again: earlier reads say nothing about the tail, nor about the membership. */
    boolean resyncPending;

    /** A row was delivered whose content is in the table only: the table has to be read up to it. */
    boolean rowPending;

    /** The subscriber may lack read markers: they have to be read from the table. */
    boolean readsPending = true;

    /** The read markers that were read for the subscriber and are not queued yet. */
    final Queue<RoomEvent> reads = new ArrayDeque<>();

    /** Its catch-up has read no page yet. */
    boolean atFirstPage = true;

    /** Counted in the presence of the room. */
    boolean present;

    /** Gets changes of presence, since it asked for them. */
    boolean watching;

    boolean ended;

    /** The pauses after failures. For its one catch-up task. */
    final Backoff retries = new Backoff(FIRST_RETRY, LONGEST_RETRY);

    Subscription(Subscriber subscriber) {
        this.subscriber = subscriber;
    }
}
