package io.walcast.relay.feed;

import io.walcast.relay.rooms.RoomEvent;
import java.util.UUID;

/** An event of a feed that can wait for its client. While it waits, a later one with the same key replaces it. */
interface Notice {

    /** The kinds of notices. */
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

    /** The notice to send in place of an earlier notice and this one. */
    default Notice after(Notice earlier) {
        return this;
    }

    /** A notice that replaces earlier ones entirely. */
    record Latest(Key key, RoomEvent event) implements Notice {}
}
