package io.walcast.relay.rooms;

import org.jspecify.annotations.Nullable;

/** The names under which clients get the events of a log. */
public interface EventNames {

    /** The name of the events of an outbox topic; null if clients do not hear of them. */
    @Nullable
    String ofTopic(String topic);
}
