package io.walcast.relay.gateway.engineio;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the client's first request said. Immutable; kept as long as the session, so only headers that tell where the
 * client comes from are in it, and no credentials.
 *
 * @param remoteAddress the address of the peer, which may be a proxy
 * @param query parameters of the URL, the first value of each; of long ones only the first, up to 1,024 chars in all
 * @param headers by lower-case name; only the first 256 chars of each
 */
public record Handshake(String remoteAddress, Map<String, String> query, Map<String, String> headers) {

    private static final List<String> KEPT = List.of("origin", "user-agent", "x-forwarded-for");

    private static final int LONGEST_QUERY = 1_024;
    private static final int LONGEST_HEADER = 256;

    public Handshake {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    static Handshake of(HttpServletRequest request, Map<String, String> query) {
        var headers = new LinkedHashMap<String, String>();
        for (String name : KEPT) {
            String value = request.getHeader(name);
            if (value != null) {
                headers.put(name, value.substring(0, Math.min(LONGEST_HEADER, value.length())));
            }
        }
        return new Handshake(request.getRemoteAddr(), cut(query), headers);
    }

    private static Map<String, String> cut(Map<String, String> query) {
        var kept = new LinkedHashMap<String, String>();
        int length = 0;
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            length += parameter.getKey().length() + parameter.getValue().length();
            if (length > LONGEST_QUERY) {
                break;
            }
            kept.put(parameter.getKey(), parameter.getValue());
        }
        return kept;
    }

    /** @return null when it was not sent or is not kept */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }
}
