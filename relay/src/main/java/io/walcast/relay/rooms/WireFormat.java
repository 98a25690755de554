package io.walcast.relay.rooms;

/** How an event looks on the wire; identified by identity, so there is one instance a format. Thread-safe. */
@FunctionalInterface
public interface WireFormat<F> {

    F encode(String eventName, String json);
}
