package io.walcast.app.identity;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.AllowedOrigins;
import io.walcast.identity.CallHeaders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets pages of the origins call REST that may also connect (CORS), and no others: a page that is not let in is refused,
 * rather than served an answer that its browser then hides. Without credentials: nothing here knows users by cookies.
 * Stateless.
 */
final class CrossOrigin extends HttpFilter {

    private static final long serialVersionUID = 1;

    private static final String KEPT_SECONDS = "600";

    private final transient AllowedOrigins origins;

    CrossOrigin(AllowedOrigins origins) {
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
            refuse(response);
            return;
        }
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (request.getMethod().equals("OPTIONS")
                && request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null) {
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE");
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, CallHeaders.ALLOWED);
            response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, KEPT_SECONDS);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Link, Location, Retry-After, WWW-Authenticate");
        chain.doFilter(request, response);
    }

    private static void refuse(HttpServletResponse response) throws IOException {
        var problem = new ProblemException(
                ProblemType.ORIGIN_NOT_ALLOWED,
                "Pages of this origin may not call. Add it to " + AllowedOrigins.KEY + " to let them in.");
        response.setStatus(problem.getStatusCode().value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter().write(JsonMapper.shared().writeValueAsString(problem.getBody()));
    }
}
