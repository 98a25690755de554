package io.walcast.relay.gateway.engineio;

/** A client sent what the protocol does not allow. Without a stack trace: anyone can cause any number of them. */
public final class MalformedPacketException extends Exception {

    private static final long serialVersionUID = 1;

    public MalformedPacketException(String message) {
        super(message, null, false, false);
    }
}
