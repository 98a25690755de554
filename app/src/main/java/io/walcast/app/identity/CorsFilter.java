package io.walcast.app.identity;

import io.walcast.identity.CallHeaders;
import io.walcast.identity.OriginRefusal;
import io.walcast.identity.OriginSettings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;

/**
 * CORS for REST: the origins that may connect by WebSocket may call REST too. A page of another origin gets a refusal;
 * without it the request would be carried out, and the browser would hide the answer. Without credentials, since there
 * are no cookies here. Stateless.
 */
final class CorsFilter extends HttpFilter {

    private static final long serialVersionUID = 1;

    private static final String MAX_AGE_SECONDS = "600";

    private final transient OriginSettings origins;

    CorsFilter(OriginSettings origins) {
        this.origins = origins;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            chain.doFilter(request, response);
            return;
        }
        if (!origins.permit(request)) {
            OriginRefusal.write(response);
            return;
        }
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (request.getMethod().equals("OPTIONS")
                && request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null) {
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE");
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, CallHeaders.ALLOWED);
            response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        response.setHeader(
                HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Link, Location, Retry-After, WWW-Authenticate");
        chain.doFilter(request, response);
    }
}
