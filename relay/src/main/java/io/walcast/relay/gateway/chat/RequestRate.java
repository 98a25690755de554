package io.walcast.relay.gateway.chat;

import java.util.concurrent.TimeUnit;

/**
 * How fast one connection may ask: a token bucket that can run into debt. What is refused costs a token too, so a client
 * that slows down is soon served again, and one that does not gets ever deeper until it is taken for a flood.
 *
 * <p>Not thread-safe.
 */
public final class RequestRate {

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** What becomes of a request. */
    public enum Verdict {
        SERVE,
        /** Answer with {@link ErrorCode#LIMIT_EXCEEDED}. */
        REFUSE,
        /** Close the connection. */
        FLOOD
    }

    private final double perSecond;
    private final double burst;
    private double tokens;
    private long countedAt;

    RequestRate(int perSecond, int burst, long now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.countedAt = now;
    }

    /** Counts a request that has just come. */
    public Verdict count() {
        return count(System.nanoTime());
    }

    /** The refusal of a request that came too fast. */
    public static Refusal refusal() {
        return new Refusal(ErrorCode.LIMIT_EXCEEDED, "Too many requests: send fewer a second.");
    }

    Verdict count(long now) {
        double refilled = Math.min(burst, tokens + (now - countedAt) / NANOS_PER_SECOND * perSecond);
        tokens = Math.max(-burst, refilled - 1);
        countedAt = now;
        if (tokens >= 0) {
            return Verdict.SERVE;
        }
        return tokens > -burst ? Verdict.REFUSE : Verdict.FLOOD;
    }
}
