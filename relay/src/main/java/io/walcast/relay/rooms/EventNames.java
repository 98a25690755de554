package io.walcast.relay.rooms;

import org.jspecify.annotations.Nullable;

/** The names of the events of a log on the wire. */
public interface EventNames {

    /** The name of the events of an outbox topic; null if clients do not get them. */
    @Nullable
    String ofTopic(String topic);
}
