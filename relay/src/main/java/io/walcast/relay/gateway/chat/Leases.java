package io.walcast.relay.gateway.chat;

import io.walcast.identity.AuthSettings;
import io.walcast.identity.Caller;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Sees to it that no connection outlives its token.
 *
 * <p><b>Lifecycle.</b> One timer thread, which begins with the first token and ends with the context; connections that
 * are left then are closed by others. <b>Concurrency.</b> Thread-safe; nothing that the timer does blocks.
 */
@Component
class Leases implements AutoCloseable {

    private final Duration renewBefore;
    private final ScheduledThreadPoolExecutor timer;

    Leases(AuthSettings settings) {
        this.renewBefore = settings.jwt().renewBefore();
        var threads = new CustomizableThreadFactory("token-expiry-");
        threads.setDaemon(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads, new DiscardPolicy());
        this.timer.setRemoveOnCancelPolicy(true);
    }

    Lease grant(Caller caller, ClientLink link) {
        var lease = new Lease(timer, renewBefore, link);
        lease.extend(caller);
        return lease;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
