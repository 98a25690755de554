package io.walcast.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;

/**
 * The origins whose web pages may connect. A request without {@code Origin} comes from no browser and is always
 * admitted, and so is a page of this server itself. Immutable.
 *
 * @param allowedOrigins origins such as {@code https://chat.example.com}; {@code :*} at the end stands for every port,
 *     and {@code *} alone for every origin
 */
@ConfigurationProperties("walcast.gateway")
public record OriginSettings(
        @DefaultValue({
            "http://localhost:*",
            "https://localhost:*",
            "http://127.0.0.1:*",
            "https://127.0.0.1:*",
            "http://[::1]:*",
            "https://[::1]:*"
        })
        List<String> allowedOrigins) {

    /** The key of this setting, for refusals. */
    public static final String KEY = "walcast.gateway.allowed-origins";

    public OriginSettings {
        allowedOrigins = allowedOrigins.stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether the page that sent this request may connect. */
    public boolean permit(HttpServletRequest request) {
        return permit(request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST));
    }

    boolean permit(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        String lower = origin.toLowerCase(Locale.ROOT);
        return isSameOrigin(lower, host) || allowedOrigins.stream().anyMatch(allowed -> matches(allowed, lower));
    }

    private static boolean matches(String allowed, String origin) {
        if (allowed.equals("*") || allowed.equals(origin)) {
            return true;
        }
        if (!allowed.endsWith(":*")) {
            return false;
        }
        String withoutPort = allowed.substring(0, allowed.length() - 2);
        return origin.equals(withoutPort)
                || (origin.startsWith(withoutPort + ":")
                        && origin.substring(withoutPort.length() + 1).chars().allMatch(Character::isDigit));
    }

    /** The scheme is not compared: this server does not know it if a proxy terminates TLS. */
    private static boolean isSameOrigin(String origin, @Nullable String host) {
        int authority = origin.indexOf("://");
        return host != null && authority > 0 && origin.substring(authority + 3).equals(host.toLowerCase(Locale.ROOT));
    }
}
