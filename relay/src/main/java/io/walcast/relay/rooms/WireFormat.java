package io.walcast.relay.rooms;

/** The encoding of an event on the wire. Formats are compared by identity, so each has one instance. Thread-safe. */
@FunctionalInterface
public interface WireFormat<F> {

    F encode(String eventName, String json);
}
