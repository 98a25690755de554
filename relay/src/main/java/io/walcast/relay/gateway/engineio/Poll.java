package io.walcast.relay.gateway.engineio;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GET of a long-polling client. It is answered exactly once: at once by the request's thread, or, after it was left
 * {@link #waiting}, from any thread, which never waits for the client.
 */
final class Poll {

    private static final Logger LOG = LoggerFactory.getLogger(Poll.class);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Held while the answer to a poll that was left waiting is written. */
    private final Object writing = new Object();

    private @Nullable AsyncContext waiting;

    Poll(HttpServletRequest request, HttpServletResponse response) {
        this.request = request;
        this.response = response;
    }

    /** Must be called by the request's thread, before another one can know of this poll. */
    void leaveWaiting() {
        waiting = request.startAsync(request, response);
        // No timeout: the heartbeat answers it, or the session ends and answers it.
        waiting.setTimeout(0);
        waiting.addListener(new ClientGone());
    }

    void answer(PollAnswer answer) {
        respond(
                () -> {
                    List<byte[]> pieces = Payload.encode(answer.packets());
                    response.setContentType("text/plain; charset=UTF-8");
                    response.setContentLength(
                            pieces.stream().mapToInt(piece -> piece.length).sum());
                    for (byte[] piece : pieces) {
                        response.getOutputStream().write(piece);
                    }
                },
                answer::end);
    }

    void refuse(HandshakeError error) {
        respond(() -> error.answer(response), () -> {});
    }

    private void respond(Answer answer, Runnable onEnd) {
        AsyncContext context = waiting;
        if (context == null) {
            try {
                write(answer);
            } finally {
                onEnd.run();
            }
            return;
        }
        try {
            // On a thread of the container's: this one may belong to the sender of a message.
            context.start(() -> {
                try {
                    synchronized (writing) {
                        if (ended.compareAndSet(false, true)) {
                            write(answer);
                            complete(context);
                        }
                    }
                } finally {
                    onEnd.run();
                }
            });
        } catch (IllegalStateException e) {
            // The container has noticed before us that the client has gone.
            LOG.debug("Poll has ended already", e);
            onEnd.run();
        }
    }

    private static void complete(AsyncContext context) {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("Poll has ended already", e);
        }
    }

    private static void write(Answer answer) {
        try {
            answer.write();
        } catch (IOException e) {
            // The client has gone. It is missed at the next ping.
            LOG.debug("Poll could not be answered", e);
        }
    }

    /**
     * Ends the request without a word: else the container would render an error page that nobody reads. A write that failed
     * is reported here by another thread, while the writing one has yet to end the request. It is waited for.
     */
    private final class ClientGone implements AsyncListener {

        @Override
        public void onError(AsyncEvent event) {
            synchronized (writing) {
                if (ended.compareAndSet(false, true)) {
                    Poll.complete(event.getAsyncContext());
                }
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private interface Answer {
        void write() throws IOException;
    }
}
