package io.walcast.relay.gateway.websocket;

/** The implementation of RFC 6455 that serves the clients. */
public enum TransportKind {
    /** Walcast's own WebSocket layer, on Tomcat: messages are encoded once, and leave in batches. */
    DIRECT,
    /**
     * The container's WebSocket layer, through Spring's standard strategy, in case Walcast's own is suspected of a
     * fault.
     */
    CONTAINER
}
