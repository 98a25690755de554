package io.walcast.relay.feed;

import io.walcast.relay.rooms.RoomEvent;
import java.util.UUID;

/** Something that a client is told of. While it waits, a later one with the same key takes its place. */
interface Notice {

    /** What a notice is about. */
    enum Kind {
        ACTIVITY,
        GONE,
        TITLE,
        READ,
        CURSOR
    }

    /** Notices with the same key replace each other. */
    record Key(Kind kind, UUID conversationId) {}

    Key key();

    RoomEvent event();

    /** What to tell in place of an earlier notice and of this one. */
    default Notice after(Notice earlier) {
        return this;
    }

    /** A notice that makes earlier ones pointless. */
    record Latest(Key key, RoomEvent event) implements Notice {}
}
