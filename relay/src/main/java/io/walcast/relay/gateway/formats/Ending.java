package io.walcast.relay.gateway.formats;

/**
 * The ways in which this server ends a WebSocket, each with the close code (RFC 6455, section 7.4) and the reason that the
 * client is told. PROTOCOL.md lists all of them. Violations of RFC 6455 itself are told in words and are not listed here.
 */
public enum Ending {
    /** The client left in order. The text is the reference server's, as are those of Socket.IO below. */
    CLIENT_LEFT(1000, "transport close", Return.UNSAID),
    /** The application disconnected a Socket.IO client. */
    SERVER_LEFT(1000, "forced server close", Return.UNSAID),
    PING_TIMEOUT(1001, "ping timeout", Return.UNSAID),
    /** The client broke the Engine.IO or Socket.IO protocol. */
    MALFORMED(1002, "parse error", Return.UNSAID),
    /** A second poll or post of a session at the same time. */
    OVERLAP(1002, "transport error", Return.UNSAID),
    /** Nobody identified in time. */
    UNAUTHORIZED(1008, "unauthorized", Return.IDENTIFIED),
    /** The right to be connected has ended and was not renewed. */
    TOKEN_EXPIRED(1008, "token_expired", Return.IDENTIFIED),
    /** The client does not read what it is sent. */
    SLOW_CLIENT(1008, "slow_client", Return.AT_ONCE),
    /** The client asks for more than it may. */
    LIMIT_EXCEEDED(1008, "limit_exceeded", Return.AFTER_A_PAUSE),
    /** No namespace of Socket.IO was joined in time. */
    CONNECT_TIMEOUT(1008, "connect timeout", Return.UNSAID),
    UPGRADED_ALREADY(1008, "session already has a WebSocket", Return.UNSAID),
    UPGRADE_TIMEOUT(1008, "upgrade not completed in time", Return.UNSAID),
    DEFECT(1011, "internal error", Return.UNSAID),
    /** This process stops, or another one delivers in its place. */
    GOING_AWAY(1012, "going_away", Return.AT_ONCE);

    /** Whether, and when, the client is asked to connect again. */
    public enum Return {
        AT_ONCE,
        AFTER_A_PAUSE,
        /** With another identity, or a new proof of it. */
        IDENTIFIED,
        UNSAID
    }

    private final int code;
    private final String reason;
    private final Return comeBack;

    Ending(int code, String reason, Return comeBack) {
        this.code = code;
        this.reason = reason;
        this.comeBack = comeBack;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public Return comeBack() {
        return comeBack;
    }
}
