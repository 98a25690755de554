package io.walcast.relay.gateway.socketio;

/** Packet types of Engine.IO v4: the first character of a text message. */
final class EnginePacket {

    static final char OPEN = '0';
    static final char CLOSE = '1';
    static final char PING = '2';
    static final char PONG = '3';
    static final char MESSAGE = '4';
    static final char UPGRADE = '5';
    static final char NOOP = '6';

    static final String PROBE_PING = "2probe";
    static final String PROBE_PONG = "3probe";

    private EnginePacket() {}
}
