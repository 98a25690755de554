package io.walcast.app.limits;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.time.Duration;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connection of a client that takes too long to read its answer, even if it reads steadily. The container
 * limits the wait for each piece but not the total time, during which the answer holds memory and a thread. Stateless.
 */
final class AnswerDeadlineFilter extends HttpFilter {

    private static final long serialVersionUID = 1;

    private final transient Duration timeout;

    AnswerDeadlineFilter(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var timed = new Timed(response, timeout.toNanos());
        chain.doFilter(request, timed);
        if (timed.late) {
            // The writer of the answer may have ignored the failure.
            throw new CloseNowException("the client took more than " + timeout + " to read the answer");
        }
    }

    private static final class Timed extends HttpServletResponseWrapper {

        private final long timeoutNanos;

        /** Counts from the first write of the answer, because the server takes the time before it. */
        private long deadline;

        private @Nullable ServletOutputStream stream;
        private boolean late;

        private Timed(HttpServletResponse response, long timeoutNanos) {
            super(response);
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (stream == null) {
                deadline = System.nanoTime() + timeoutNanos;
                stream = new Stream(super.getOutputStream());
            }
            return stream;
        }

        private void check() throws IOException {
            if (late || System.nanoTime() - deadline > 0) {
                late = true;
                throw new CloseNowException("the client reads the answer too slowly");
            }
        }

        private final class Stream extends ServletOutputStream {

            private final ServletOutputStream target;

            private Stream(ServletOutputStream target) {
                this.target = target;
            }

            @Override
            public void write(int value) throws IOException {
                check();
                target.write(value);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                check();
                target.write(bytes, from, length);
            }

            @Override
            public void flush() throws IOException {
                check();
                target.flush();
            }

            @Override
            public boolean isReady() {
                return target.isReady();
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                target.setWriteListener(listener);
            }
        }
    }
}
