package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.formats.Ending;
import org.jspecify.annotations.Nullable;

/** Why a client's session ended. The texts are the reference server's, as far as it has one. */
public enum CloseCause {
    /** The client sent a close packet or closed its WebSocket. */
    CLIENT(Ending.CLIENT_LEFT),
    /** The network broke: nobody is left to be told. */
    LOST("transport error"),
    /** No answer to a ping. */
    PING_TIMEOUT(Ending.PING_TIMEOUT),
    /** The application did not accept the client in time. */
    CONNECT_TIMEOUT(Ending.CONNECT_TIMEOUT),
    /** The application has not accepted the client, and somebody else needs the seat. */
    CROWDED_OUT(Ending.CONNECT_TIMEOUT),
    /** The client broke the protocol. */
    MALFORMED(Ending.MALFORMED),
    /** A second poll or post at the same time. */
    OVERLAP(Ending.OVERLAP),
    /** More waits for the client than may. */
    TOO_SLOW(Ending.SLOW_CLIENT),
    /** The client asks for more than it may, and does not stop. */
    FLOOD(Ending.LIMIT_EXCEEDED),
    /** The client's right to be connected has ended, until it identifies again. */
    EXPIRED(Ending.TOKEN_EXPIRED),
    /** The application wants it. */
    SERVER(Ending.SERVER_LEFT),
    /** The application failed. */
    DEFECT(Ending.DEFECT),
    SHUTDOWN(Ending.GOING_AWAY);

    private final String text;
    private final @Nullable Ending ending;

    CloseCause(Ending ending) {
        this.text = ending.reason();
        this.ending = ending;
    }

    CloseCause(String text) {
        this.text = text;
        this.ending = null;
    }

    /** What the application is told. */
    public String text() {
        return text;
    }

    /** How a WebSocket is closed for it; null if its connection is gone. */
    @Nullable
    Ending ending() {
        return ending;
    }

    /** Whether a long-polling client may still fetch how it ended, with what was sent before. */
    boolean lingers() {
        return this == CLIENT || this == SERVER || this == FLOOD || this == EXPIRED || this == CONNECT_TIMEOUT;
    }
}
