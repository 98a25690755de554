package io.walcast.relay.gateway.engineio;

/** Packet types of Engine.IO v4: the first character of a text message. */
public final class EnginePacket {

    static final char OPEN = '0';
    static final char CLOSE = '1';
    static final char PING = '2';
    static final char PONG = '3';
    /** Precedes the text of a message of the layer above. */
    public static final char MESSAGE = '4';

    static final char UPGRADE = '5';
    static final char NOOP = '6';

    static final String PROBE_PING = "2probe";
    static final String PROBE_PONG = "3probe";

    private EnginePacket() {}
}
