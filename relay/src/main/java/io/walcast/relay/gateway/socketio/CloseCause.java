package io.walcast.relay.gateway.socketio;

/** Why a client's session ended. The texts are the reference server's, as far as it has one. */
enum CloseCause {
    /** The client sent a close packet or closed its WebSocket. */
    CLIENT("transport close", 1000),
    /** The network broke. */
    LOST("transport error", 1001),
    /** No answer to a ping. */
    PING_TIMEOUT("ping timeout", 1001),
    /** No namespace joined in time. */
    CONNECT_TIMEOUT("connect timeout", 1008),
    /** No namespace joined, and somebody else needs the seat. */
    CROWDED_OUT("connect timeout", 1008),
    /** The client broke the protocol. */
    MALFORMED("parse error", 1002),
    /** A second poll or post at the same time. */
    OVERLAP("transport error", 1002),
    /** More waits for the client than may. */
    TOO_SLOW("slow_client", 1008),
    /** The client asks for more than it may, and does not stop. */
    FLOOD("limit_exceeded", 1008),
    /** The client's right to be there is over, until it identifies anew. */
    EXPIRED("token_expired", 1008),
    /** The application wants it. */
    SERVER("forced server close", 1000),
    /** The application failed. */
    DEFECT("internal error", 1011),
    SHUTDOWN("going_away", 1012);

    private final String text;
    private final int webSocketCode;

    CloseCause(String text, int webSocketCode) {
        this.text = text;
        this.webSocketCode = webSocketCode;
    }

    String text() {
        return text;
    }

    /** Close code of RFC 6455, section 7.4. */
    int webSocketCode() {
        return webSocketCode;
    }

    /** Whether a long-polling client may still fetch how it ended, with what was sent before. */
    boolean lingers() {
        return this == CLIENT || this == SERVER || this == FLOOD || this == EXPIRED || this == CONNECT_TIMEOUT;
    }
}
