package io.walcast.relay.rooms;

/** A subscriber's place in a room. Guarded by the room's lock, but for what its one catch-up task owns. */
final class Subscription {

    final Subscriber subscriber;

    /** The highest seq queued for the subscriber. While catching up, only the catch-up task moves it. */
    long position;

    boolean live;

    /** What the table showed before this was set says nothing about the tail, nor about who is a member. */
    boolean mustReadOn;

    /** Counted among those who are present. */
    boolean present;

    /** Asked who is present, and is told of changes since. */
    boolean watching;

    boolean ended;

    /** How often in a row the table could not be read. For its one catch-up task. */
    int errors;

    Subscription(Subscriber subscriber) {
        this.subscriber = subscriber;
    }
}
