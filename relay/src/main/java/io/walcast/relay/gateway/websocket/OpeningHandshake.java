package io.walcast.relay.gateway.websocket;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketHttpHeaders;

/** The server's part of the opening handshake (RFC 6455, section 4.2). */
final class OpeningHandshake {

    /** The only version that the RFC defines. */
    static final String VERSION = "13";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private OpeningHandshake() {}

    /** Whether the client asks for a WebSocket (section 4.2.1, items 1, 3 and 4). */
    static boolean isAsked(HttpServletRequest request) {
        return "GET".equals(request.getMethod())
                && hasToken(request, HttpHeaders.UPGRADE, "websocket")
                && hasToken(request, HttpHeaders.CONNECTION, "upgrade");
    }

    /** Item 6. */
    static boolean isVersionKnown(HttpServletRequest request) {
        return VERSION.equals(request.getHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION));
    }

    /** Items 1 and 5; the handshake of HTTP/2 (RFC 8441) is not served. */
    static boolean isWellFormed(HttpServletRequest request) {
        return "HTTP/1.1".equals(request.getProtocol())
                && isKey(request.getHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_KEY));
    }

    /** The value of Sec-WebSocket-Accept for a key (section 4.2.2, item 5.4). */
    static String accept(String key) {
        try {
            byte[] text = (key.trim() + GUID).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key.trim()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasToken(HttpServletRequest request, String header, String token) {
        return Collections.list(request.getHeaders(header)).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .anyMatch(value -> value.trim().equalsIgnoreCase(token));
    }
}
