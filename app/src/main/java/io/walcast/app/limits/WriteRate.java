package io.walcast.app.limits;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Limits the write rate of each user by a token bucket, stored as in the generic cell rate algorithm: one number, the
 * time at which the bucket is full again.
 *
 * <p>Thread-safe, without locks. A full bucket is removed, since a new one is full too. So the map holds the users of
 * the last seconds only.
 */
@Component
@EnableConfigurationProperties(LimitSettings.class)
public class WriteRate {

    private static final int FORGET_FROM = 1_024;

    /** Nanoseconds per write; 0: no limit. */
    private final long interval;

    private final long tolerance;
    private final Map<String, AtomicLong> fullAgain = new ConcurrentHashMap<>();
    private volatile int forgetAt = FORGET_FROM;

    WriteRate(LimitSettings settings) {
        this.interval = settings.writesPerSecond() == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / settings.writesPerSecond();
        this.tolerance = interval * (settings.writeBurst() - 1);
    }

    /** @throws ProblemException {@code too_many_requests}, if the user has no write left now */
    public void count(UserId user) {
        if (interval == 0) {
            return;
        }
        long wait = count(user.value(), System.nanoTime());
        if (wait > 0) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(wait - 1) + 1;
            throw new ProblemException(ProblemType.TOO_MANY_REQUESTS, "Try again in " + seconds + " s, and slower.")
                    .withHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        }
    }

    /** Returns the nanoseconds until a write is allowed; 0 if this one is. */
    long count(String user, long now) {
        AtomicLong bucket = fullAgain.get(user);
        if (bucket == null) {
            if (fullAgain.size() >= forgetAt) {
                forgetTheFull(now);
            }
            bucket = fullAgain.computeIfAbsent(user, unknown -> new AtomicLong(now));
        }
        while (true) {
            long full = bucket.get();
            long debt = Math.max(0, full - now);
            if (debt > tolerance) {
                return debt - tolerance;
            }
            if (bucket.compareAndSet(full, now + debt + interval)) {
                return 0;
            }
        }
    }

    /** The number of users in the map. */
    int kept() {
        return fullAgain.size();
    }

    // A bucket may be removed just as a write is counted in it. That allows one write more, once.
    private void forgetTheFull(long now) {
        fullAgain.values().removeIf(full -> full.get() - now <= 0);
        forgetAt = Math.max(FORGET_FROM, fullAgain.size() * 2);
    }
}
