package io.walcast.relay.gateway.engineio;

/** What a session tells the layer above. Calls come one at a time, in order, and must not block. */
public interface EngineListener {

    /** @param message without its packet type */
    void text(String message);

    /** @param message is the listener's to keep */
    void binary(byte[] message);

    /** Comes exactly once, last. */
    void closed(CloseCause cause);
}
