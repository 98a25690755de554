package io.walcast.relay.gateway.engineio;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a URL. Not those of the servlet API, which would read the body of a POST that calls itself a form.
 */
final class QueryString {

    private QueryString() {}

    /** @throws IllegalArgumentException on a bad escape */
    static Map<String, String> parse(@Nullable String query) {
        var parameters = new LinkedHashMap<String, String>();
        if (query == null) {
            return parameters;
        }
        int start = 0;
        while (start < query.length()) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', start);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            String name = decode(query.substring(start, nameEnd));
            String value = nameEnd == end ? "" : decode(query.substring(nameEnd + 1, end));
            parameters.putIfAbsent(name, value);
            start = end + 1;
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
