package io.walcast.relay.gateway.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.springframework.web.socket.CloseStatus;

/** The body of a close frame (RFC 6455, section 5.5.1): a code and a reason. */
final class CloseFrame {

    private static final int LONGEST_REASON = 123;

    private CloseFrame() {}

    /** Whether a peer may send this code (section 7.4.1, and the codes registered since). */
    static boolean isSendable(int code) {
        return (code >= 1000
                        && code <= 1014
                        && code != 1004
                        && code != CloseStatus.NO_STATUS_CODE.getCode()
                        && code != CloseStatus.NO_CLOSE_FRAME.getCode())
                || (code >= 3000 && code <= 4999);
    }

    /** A reason that is too long is cut; {@link CloseStatus#NO_STATUS_CODE} has an empty body. */
    static byte[] body(CloseStatus status) {
        if (status.equalsCode(CloseStatus.NO_STATUS_CODE)) {
            return new byte[0];
        }
        byte[] text = reason(status).getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[2 + text.length];
        body[0] = (byte) (status.getCode() >> 8);
        body[1] = (byte) status.getCode();
        System.arraycopy(text, 0, body, 2, text.length);
        return body;
    }

    /**
     * A close frame without a code is {@link CloseStatus#NO_STATUS_CODE}.
     *
     * @throws ProtocolViolation if it is no body of a close frame
     */
    static CloseStatus of(byte[] body) throws ProtocolViolation {
        if (body.length == 0) {
            return CloseStatus.NO_STATUS_CODE;
        }
        int code = body.length == 1 ? 0 : (body[0] & 0xFF) << 8 | body[1] & 0xFF;
        if (!isSendable(code)) {
            throw new ProtocolViolation(CloseStatus.PROTOCOL_ERROR, "no such close code");
        }
        var reason = new Utf8Validator();
        if (!reason.accept(body, 2, body.length) || !reason.isComplete()) {
            throw new ProtocolViolation(CloseStatus.BAD_DATA, "text must be UTF-8");
        }
        return new CloseStatus(code, new String(Arrays.copyOfRange(body, 2, body.length), StandardCharsets.UTF_8));
    }

    /** The reason as it is sent; empty if there is none. */
    static String reason(CloseStatus status) {
        String reason = status.getReason();
        if (reason == null) {
            return "";
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        if (text.length <= LONGEST_REASON) {
            return reason;
        }
        int length = LONGEST_REASON;
        while ((text[length] & 0xC0) == 0x80) {
            length--;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }
}
