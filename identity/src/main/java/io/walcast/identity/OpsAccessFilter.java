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
 * Guards all paths below {@code /ops} and {@code /actuator}, except the probes of load balancers. Pages of other sites
 * may not change anything there. In header mode requests must come from this machine. They must not come through a
 * proxy, which would open operations to other machines, and the host name must be a loopback name, which no DNS server
 * can redirect to this machine. Stateless.
 */
final class OpsAccessFilter extends HttpFilter {

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

    OpsAccessFilter(boolean localOnly) {
        this.localOnly = localOnly;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (TokenFilterChain.isProbe(request)) {
            chain.doFilter(request, response);
        } else if (!SAFE.contains(request.getMethod()) && isCrossSite(request)) {
            ProblemWriter.writeForbidden(response, "Pages of other sites may not operate this server.");
        } else if (localOnly && !isLocal(request)) {
            ProblemWriter.writeForbidden(
                    response,
                    "Operations are open to this machine only, not through a proxy. Set walcast.auth.mode=jwt to reach them from elsewhere.");
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
        // A proxy that adds no header of its own mostly uses HTTP/1.0. No other client does.
        return !request.getProtocol().equals("HTTP/1.0")
                && InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                && Loopback.isName(request.getServerName())
                && Collections.list(request.getHeaderNames()).stream().noneMatch(OpsAccessFilter::isForwarding);
    }

    private static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || FORWARDING.contains(name);
    }
}
