package io.walcast.relay.gateway.chat;

import io.walcast.identity.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's right to be there, which lasts as long as its token: some time before its end the client is asked to
 * renew it, at its end the connection is closed. Thread-safe.
 */
final class Lease {

    private final ScheduledExecutorService timer;
    private final Duration renewBefore;
    private final ClientLink link;
    private @Nullable Future<?> question;
    private @Nullable Future<?> end;
    private boolean over;

    Lease(ScheduledExecutorService timer, Duration renewBefore, ClientLink link) {
        this.timer = timer;
        this.renewBefore = renewBefore;
        this.link = link;
    }

    /** Lasts as long as this token from now on; without end if there is none. */
    synchronized void extend(Caller caller) {
        cancel();
        Instant until = caller.validUntil();
        if (until == null || over) {
            return;
        }
        long left = Math.max(0, Duration.between(Instant.now(), until).toMillis());
        // A token that is short-lived anyway is asked for at half its time.
        long before = Math.min(renewBefore.toMillis(), left / 2);
        question = timer.schedule(
                () -> link.sendUrgent("auth.renew", Answers.renewal(until)), left - before, TimeUnit.MILLISECONDS);
        end = timer.schedule(link::expired, left, TimeUnit.MILLISECONDS);
    }

    /** The connection is gone. */
    synchronized void release() {
        over = true;
        cancel();
    }

    private void cancel() {
        if (question != null) {
            question.cancel(false);
        }
        if (end != null) {
            end.cancel(false);
        }
    }
}
