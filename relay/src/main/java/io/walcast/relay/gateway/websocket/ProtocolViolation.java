package io.walcast.relay.gateway.websocket;

import org.springframework.web.socket.CloseStatus;

/** The client broke RFC 6455: the connection fails (section 7.1.7). */
final class ProtocolViolation extends Exception {

    private static final long serialVersionUID = 1;

    private final CloseStatus status;

    /** @param code close code that the client gets */
    ProtocolViolation(CloseStatus code, String reason) {
        super(reason, null, false, false);
        this.status = code.withReason(reason);
    }

    CloseStatus status() {
        return status;
    }
}
