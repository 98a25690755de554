package io.walcast.relay.gateway.transport;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Why a connection ended (RFC 6455, section 7.4). Immutable.
 *
 * @param reason at most 123 bytes of UTF-8 travel, the rest is cut off
 */
record CloseStatus(int code, String reason) {

    static final int PROTOCOL_ERROR = 1002;
    static final int NO_STATUS = 1005;
    static final int ABNORMAL = 1006;
    static final int INVALID_PAYLOAD = 1007;
    static final int POLICY = 1008;
    static final int TOO_BIG = 1009;
    static final int INTERNAL_ERROR = 1011;

    /** The network broke, or the other side went without a word. Never sent. */
    static final CloseStatus BROKEN = new CloseStatus(ABNORMAL, "connection broken");

    /** A close frame without a code. Answered in kind. */
    static final CloseStatus NONE = new CloseStatus(NO_STATUS, "");

    private static final int LONGEST_REASON = 123;

    /** Whether a peer may send this code (section 7.4.1, and the codes registered since). */
    static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != NO_STATUS && code != ABNORMAL)
                || (code >= 3000 && code <= 4999);
    }

    /** The body of a close frame (section 5.5.1). */
    byte[] body() {
        if (code == NO_STATUS) {
            return new byte[0];
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = text.length;
        if (length > LONGEST_REASON) {
            length = LONGEST_REASON;
            while ((text[length] & 0xC0) == 0x80) {
                length--;
            }
        }
        byte[] body = new byte[2 + length];
        body[0] = (byte) (code >> 8);
        body[1] = (byte) code;
        System.arraycopy(text, 0, body, 2, length);
        return body;
    }

    /** @throws ProtocolViolation if it is no body of a close frame */
    static CloseStatus of(byte[] body) throws ProtocolViolation {
        if (body.length == 0) {
            return NONE;
        }
        int code = body.length == 1 ? 0 : (body[0] & 0xFF) << 8 | body[1] & 0xFF;
        if (!isSendable(code)) {
            throw new ProtocolViolation(PROTOCOL_ERROR, "no such close code");
        }
        var reason = new Utf8Validator();
        if (!reason.accept(body, 2, body.length) || !reason.isComplete()) {
            throw new ProtocolViolation(INVALID_PAYLOAD, "text must be UTF-8");
        }
        return new CloseStatus(code, new String(Arrays.copyOfRange(body, 2, body.length), StandardCharsets.UTF_8));
    }
}
