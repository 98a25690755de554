package io.walcast.relay.gateway.websocket;

/** Who speaks RFC 6455 with the clients. */
public enum TransportKind {
    /** Our own layer, on Tomcat: messages are encoded once, and leave in batches. */
    DIRECT,
    /** The container's WebSocket layer, through Spring's standard strategy: for when ours is doubted. */
    CONTAINER
}
