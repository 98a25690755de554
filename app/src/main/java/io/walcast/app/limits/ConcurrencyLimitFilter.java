package io.walcast.app.limits;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;

/**
 * Bounds the number of requests that are answered at a time, for long answers that need no identity. Further ones get
 * 503. Thread-safe.
 */
final class ConcurrencyLimitFilter extends HttpFilter {

    private static final long serialVersionUID = 1;

    private final transient Semaphore turns;

    ConcurrencyLimitFilter(int most) {
        this.turns = new Semaphore(most);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!turns.tryAcquire()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            turns.release();
        }
    }
}
