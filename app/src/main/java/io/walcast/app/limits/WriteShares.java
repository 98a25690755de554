package io.walcast.app.limits;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.db.BoundedBackends;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Bounds how much of the connection pool the writes of one conversation may hold, and all writes together.
 *
 * <p>Changes of a conversation's members wait for its row, one after the other. If somebody else holds the row, they hold
 * connections until PostgreSQL's limit for a lock ends them, and without a share of its own such a conversation takes all
 * of them. Once a change has met that limit, the conversation gets one at a time, and refuses the others at once, until
 * one succeeds. Posts are written in groups, and await locked conversations apart: a group is one write of no conversation.
 * Reads have a reserve of connections that no write takes, whatever all of them wait for.
 *
 * <p><b>Concurrency.</b> Thread-safe; a conversation without a write in progress is forgotten. <b>Error policy.</b> What
 * gets no share in the time that a request may wait for a connection is refused, and nothing of it is written.
 */
@Component
public class WriteShares {

    /** Of the pool, for reads. */
    private static final int RESERVE = 8;

    /** Of the pool, for one conversation: one holds the row, the next ones are there when it is free. */
    private static final int SHARE = 4;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final IntSupplier lingering;
    private final int shareOfOne;
    private final long patienceMillis;
    private final Semaphore all;
    private final Map<UUID, Share> shares = new ConcurrentHashMap<>();

    @Autowired
    WriteShares(HikariDataSource pool) {
        this(
                pool.getMaximumPoolSize(),
                pool.getConnectionTimeout(),
                pool.getDataSource() instanceof BoundedBackends backends ? backends::lingering : () -> 0);
    }

    WriteShares(int poolSize, long patienceMillis, IntSupplier lingering) {
        this.lingering = lingering;
        this.shareOfOne = Math.max(1, poolSize / SHARE);
        this.patienceMillis = patienceMillis;
        this.all = new Semaphore(Math.max(1, poolSize - Math.max(1, poolSize / RESERVE)));
    }

    /**
     * Runs a write to one conversation, or to no single one if that is null. A write that joins a transaction has a connection
     * already, and takes no share.
     *
     * @throws ProblemException {@code unavailable} if the write got no share in time; then it did not run
     */
    public <T> T write(@Nullable UUID conversation, Supplier<T> write) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return write.get();
        }
        if (conversation == null) {
            return among(write);
        }
        Share share = shares.compute(conversation, (id, known) -> enter(known));
        try {
            return share.write(() -> among(write));
        } finally {
            shares.computeIfPresent(conversation, (id, known) -> --known.users == 0 ? null : known);
        }
    }

    private Share enter(@Nullable Share known) {
        Share share = known == null ? new Share() : known;
        share.users++;
        return share;
    }

    private <T> T among(Supplier<T> write) {
        // Statements that were given up and have not ended still hold a backend each.
        if (lingering.getAsInt() > 0 && all.availablePermits() <= lingering.getAsInt() || !acquire(all)) {
            throw refusal("PostgreSQL does not end what was written before.");
        }
        try {
            return write.get();
        } finally {
            all.release();
        }
    }

    private boolean acquire(Semaphore permits) {
        try {
            return permits.tryAcquire() || permits.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the writes to one conversation share. */
    private final class Share {

        private final Semaphore permits = new Semaphore(shareOfOne);

        /** Guarded by the map of shares. */
        private int users;

        private volatile boolean locked;

        <T> T write(Supplier<T> write) {
            if (locked && permits.availablePermits() < shareOfOne || !acquire(permits)) {
                throw lockedRefusal();
            }
            try {
                // The one that was waited for may have found it locked.
                if (locked && permits.availablePermits() < shareOfOne - 1) {
                    throw lockedRefusal();
                }
                T result = write.get();
                locked = false;
                return result;
            } catch (RuntimeException e) {
                if (isLockTimeout(e)) {
                    locked = true;
                }
                throw e;
            } finally {
                permits.release();
            }
        }
    }

    private static boolean isLockTimeout(RuntimeException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static ProblemException lockedRefusal() {
        return refusal("Others write to this conversation, or hold it.");
    }

    private static ProblemException refusal(String why) {
        String seconds = Integer.toString(ThreadLocalRandom.current().nextInt(1, 6));
        return new ProblemException(
                        ProblemType.UNAVAILABLE, why + " Nothing was stored: try again in " + seconds + " s.")
                .withHeader(HttpHeaders.RETRY_AFTER, seconds);
    }
}
