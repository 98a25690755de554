package io.walcast.relay.gateway.socketio;

import org.jspecify.annotations.Nullable;

/** The application does not let a client into a namespace. The client may try again on the same connection. */
public final class ConnectRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final String text;
    private final @Nullable String dataJson;

    /**
     * @param message becomes the message of the client's {@code connect_error}
     * @param dataJson becomes its {@code data}, already serialised; null for none
     */
    public ConnectRefused(String message, @Nullable String dataJson) {
        super(message, null, false, false);
        this.text = message;
        this.dataJson = dataJson;
    }

    /** Payload of the CONNECT_ERROR packet. */
    String json() {
        String data = dataJson == null ? "" : ",\"data\":" + dataJson;
        return "{\"message\":" + Json.quote(text) + data + "}";
    }
}
