package io.walcast.relay.gateway.socketio;

/** What a session tells the layer above. Calls come one at a time, in order, and must not block. */
interface EngineListener {

    /** @param message without its packet type */
    void text(String message);

    void binary(byte[] message);

    /** Comes exactly once, last. */
    void closed(CloseCause cause);
}
