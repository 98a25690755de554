package io.walcast.relay.gateway.transport;

/** The client broke RFC 6455: the connection fails (section 7.1.7). */
final class ProtocolViolation extends Exception {

    private static final long serialVersionUID = 1;

    private final int code;

    /** @param code close code that tells the client */
    ProtocolViolation(int code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    CloseStatus status() {
        return new CloseStatus(code, String.valueOf(getMessage()));
    }
}
