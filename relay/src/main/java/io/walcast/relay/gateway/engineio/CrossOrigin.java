package io.walcast.relay.gateway.engineio;

import io.walcast.identity.CallHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;

/**
 * Tells a browser that a page of another origin, which was let in, may read the answer. Without credentials: nothing
 * here reads cookies to know a user.
 */
final class CrossOrigin {

    private static final String ANSWER_KEPT_SECONDS = "600";

    private CrossOrigin() {}

    static boolean isPreflight(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS");
    }

    static void allow(HttpServletRequest request, HttpServletResponse response) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return;
        }
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (isPreflight(request)) {
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
            // The stock client may be given any headers for its polls: what a page that was let in asks for, it may
            // send.
            String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
            response.setHeader(
                    HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers == null ? CallHeaders.ALLOWED : headers);
            response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, ANSWER_KEPT_SECONDS);
        }
    }
}
