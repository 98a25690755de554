package io.walcast.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first filter of every request. It refuses a token in a URL, since URLs end up in logs and histories. In header
 * mode it refuses a host name other than those of loopback, against DNS rebinding. It adds the headers that make
 * browsers strict. Stateless.
 */
final class BrowserSafetyFilter extends HttpFilter {

    private static final long serialVersionUID = 1;

    private static final Pattern TOKEN = Pattern.compile("(^|&)(access_|id_)?token=");

    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'none'";

    /** Swagger UI writes style elements. It shows no text of users. */
    private static final String SWAGGER_POLICY =
            PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

    private final boolean loopbackOnly;

    /** @param loopbackOnly whether to refuse host names other than those of loopback */
    BrowserSafetyFilter(boolean loopbackOnly) {
        this.loopbackOnly = loopbackOnly;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String query = request.getQueryString();
        if (query != null && namesToken(query)) {
            ProblemWriter.write(
                    response,
                    HttpServletResponse.SC_BAD_REQUEST,
                    "token_in_url",
                    "A token must not be in a URL",
                    "Send it in the header Authorization, in auth.token of Socket.IO, or in an authenticate event. Treat that token as compromised.");
            return;
        }
        if (loopbackOnly && !Loopback.isName(request.getServerName())) {
            ProblemWriter.writeForbidden(
                    response,
                    "In header mode this server answers to loopback names only. Call it as localhost, or set walcast.auth.mode=jwt.");
            return;
        }
        response.setHeader("X-Content-Type-Options", "nosniff");
        String path = ServerPaths.of(request);
        if (ServerPaths.isWithin(path, ServerPaths.DATA)) {
            if (request.getMethod().equals("GET")) {
                response.setHeader("Cache-Control", "no-store");
            }
        } else if (!ServerPaths.isWithin(path, ServerPaths.SOCKET_IO) && !path.equals(ServerPaths.WEB_SOCKET)) {
            page(path, response);
        }
        chain.doFilter(request, response);
    }

    private static void page(String path, HttpServletResponse response) {
        response.setHeader(
                "Content-Security-Policy",
                ServerPaths.isWithin(path, ServerPaths.SWAGGER_UI) ? SWAGGER_POLICY : PAGE_POLICY);
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", path.endsWith(".js") ? "cross-origin" : "same-origin");
        response.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    }

    private static boolean namesToken(@Nullable String query) {
        return query != null && query.contains("token") && TOKEN.matcher(query).find();
    }
}
