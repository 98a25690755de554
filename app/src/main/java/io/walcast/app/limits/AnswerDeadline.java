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
 * Closes the connection of a client that takes its answer too slowly, however steadily: the container waits for each
 * piece, but not for only so long in all, and the answer takes memory and a thread meanwhile. Stateless.
 */
final class AnswerDeadline extends HttpFilter {

    private static final long serialVersionUID = 1;

    private final transient Duration timeout;

    AnswerDeadline(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var timed = new Timed(response, timeout.toNanos());
        chain.doFilter(request, timed);
        if (timed.late) {
            // Whoever wrote the answer may have taken the failure for its end.
            throw new CloseNowException("an answer took more than " + timeout + " to leave");
        }
    }

    private static final class Timed extends HttpServletResponseWrapper {

        private final long timeoutNanos;

        /** From when the answer begins to be written: what came before is not the client's time. */
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
                throw new CloseNowException("the answer takes too long to leave");
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
