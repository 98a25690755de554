package io.walcast.relay.gateway.engineio;

import java.time.Duration;

/**
 * Timings and limits of one server, as the layer above has checked them. The first three are told to every client.
 *
 * @param pingInterval time between two pings of the server
 * @param pingTimeout time that a client has to answer a ping before it is disconnected
 * @param maxPayload largest message or long-polling request of a client, in bytes
 * @param upgradeTimeout time that a client has to complete the change from long-polling to WebSocket
 * @param pollingBufferSize most bytes that wait for the next poll of one client
 * @param maxConnections most clients at a time; further ones get 503
 */
public record EngineSettings(
        Duration pingInterval,
        Duration pingTimeout,
        int maxPayload,
        Duration upgradeTimeout,
        long pollingBufferSize,
        int maxConnections) {}
