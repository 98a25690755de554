package io.walcast.relay.rooms;

/** A subscriber's place in a room. Guarded by the room's lock, but for what its one catch-up task owns. */
final class Subscription {

    final Subscriber subscriber;

    /** The highest seq queued for the subscriber. While catching up, only the catch-up task moves it. */
    long position;

    boolean live;

    /** What the table showed before this was set says nothing about the tail. */
    boolean mustReadOn;

    /** Its user's removal may have passed unheard: the table is asked before anything more is read from it. */
    boolean mayBeRemoved;

    /** Counted among those who are present. */
    boolean present;

    /** Asked who is present, and is told of changes since. */
    boolean watching;

    boolean ended;

    Subscription(Subscriber subscriber) {
        this.subscriber = subscriber;
    }
}
