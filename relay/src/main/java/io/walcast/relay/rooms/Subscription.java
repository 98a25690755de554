package io.walcast.relay.rooms;

import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/** A subscriber's place in a room. Guarded by the room's lock, but for what its one catch-up task owns. */
final class Subscription {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(16);

    final Subscriber subscriber;

    /** The place in the log up to which the subscriber has everything. While catching up, only the catch-up task moves it. */
    long position;

    /** Of messages only those with a higher seq are sent. */
    long seq;

    boolean live;

    /** What the table showed before this was set says nothing about the tail, nor about who is a member. */
    boolean resyncPending;

    /** A row was delivered that says nothing to send: the table has to be read up to it. */
    boolean rowPending;

    /** The subscriber may not know how far the members have read: the table has to be read for that. */
    boolean readsPending = true;

    /** How far members have read, as it was read for the subscriber and is not queued yet. */
    final Queue<RoomEvent> reads = new ArrayDeque<>();

    /** Counted among those who are present. */
    boolean present;

    /** Asked who is present, and is told of changes since. */
    boolean watching;

    boolean ended;

    /** The pauses after failures. For its one catch-up task. */
    final Backoff retries = new Backoff(FIRST_RETRY, LONGEST_RETRY);

    Subscription(Subscriber subscriber) {
        this.subscriber = subscriber;
    }
}
