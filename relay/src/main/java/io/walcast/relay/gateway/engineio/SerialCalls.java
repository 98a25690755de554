package io.walcast.relay.gateway.engineio;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls from many threads one at a time, in order, without ever making a thread wait: whoever finds another one at
 * it leaves the call there. A call made from within a call comes after it. Holds no memory while idle.
 */
final class SerialCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SerialCalls.class);

    private final Runnable onDefect;
    private boolean running;
    private @Nullable ArrayDeque<Runnable> waiting;

    /** @param onDefect what to do after a call has thrown an exception and it was logged */
    SerialCalls(Runnable onDefect) {
        this.onDefect = onDefect;
    }

    void run(Runnable call) {
        synchronized (this) {
            if (running) {
                if (waiting == null) {
                    waiting = new ArrayDeque<>(4);
                }
                waiting.add(call);
                return;
            }
            running = true;
        }
        for (Runnable next = call; next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException e) {
                LOG.error("Application failed, client is disconnected", e);
                onDefect.run();
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = waiting == null ? null : waiting.poll();
        if (next == null) {
            running = false;
            waiting = null;
        }
        return next;
    }
}
