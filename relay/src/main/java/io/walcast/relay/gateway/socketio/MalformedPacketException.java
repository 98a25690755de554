package io.walcast.relay.gateway.socketio;

/** A client sent what the protocol does not allow. Without a stack trace: anyone can cause any number of them. */
final class MalformedPacketException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedPacketException(String message) {
        super(message, null, false, false);
    }
}
