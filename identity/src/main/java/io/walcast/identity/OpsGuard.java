package io.walcast.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Stands before everything below {@code /ops} and {@code /actuator}, the probes of load balancers aside. No page of
 * another site may act there; and where there are no tokens, only people on this machine may come at all: directly, not
 * through a proxy that would open it to the world, and not by a name that someone else's DNS lets point here. Stateless.
 */
final class OpsGuard extends HttpFilter {

    private static final long serialVersionUID = 1;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private static final Set<String> FORWARDING = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-host",
            "x-originating-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip");

    private final boolean localOnly;

    OpsGuard(boolean localOnly) {
        this.localOnly = localOnly;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (Gate.isProbe(request)) {
            chain.doFilter(request, response);
        } else if (!SAFE.contains(request.getMethod()) && isCrossSite(request)) {
            Problems.forbidden(response, "Pages of other sites may not act here.");
        } else if (localOnly && !isLocal(request)) {
            Problems.forbidden(
                    response,
                    "Operations are open to this machine only, and not through a proxy. Set walcast.auth.mode=jwt to reach them from elsewhere.");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean isCrossSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && !isSameOrigin(origin, request.getHeader(HttpHeaders.HOST));
    }

    private static boolean isSameOrigin(String origin, @Nullable String host) {
        int authority = origin.indexOf("://");
        return host != null && authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
    }

    private static boolean isLocal(HttpServletRequest request) throws IOException {
        // Proxies that add no header of their own mostly speak HTTP/1.0, which nothing else here does.
        return !request.getProtocol().equals("HTTP/1.0")
                && InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                && Loopback.isName(request.getServerName())
                && Collections.list(request.getHeaderNames()).stream().noneMatch(OpsGuard::isForwarding);
    }

    private static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || FORWARDING.contains(name);
    }
}
