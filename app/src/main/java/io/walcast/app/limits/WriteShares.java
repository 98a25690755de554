package io.walcast.app.limits;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.db.BoundedBackends;
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
 * Bounds the number of pool connections that writes may hold: all writes together, and those to one conversation.
 *
 * <p>Changes of a conversation, other than posts, lock its row, so they run one after the other anyway; here they wait
 * for each other without a connection. If another transaction holds the row, one of them at a time waits in PostgreSQL,
 * up to its lock_timeout. Posts are written in groups, which wait for locked conversations separately: a group counts
 * as a write to no single conversation. Some connections are always reserved for reads.
 *
 * <p><b>Concurrency.</b> Thread-safe; a conversation without a write in progress is not kept. <b>Error policy.</b> A
 * write that gets no place within the connection time-out of the pool is refused, and is not written.
 */
@Component
public class WriteShares {

    /** One in this many connections of the pool is reserved for reads. */
    private static final int RESERVE = 8;

    /** Writes to one conversation at a time, with those that await their turn: each of them holds a thread. */
    private static final int MOST_TURNS = 32;

    /** The turns of the writes to one conversation. */
    private static final class Turns {

        private final Semaphore one = new Semaphore(1, true);

        /** Guarded by the map. */
        private int users;
    }

    private final IntSupplier lingering;
    private final long patienceMillis;
    private final Semaphore all;
    private final Map<UUID, Turns> conversations = new ConcurrentHashMap<>();

    @Autowired
    WriteShares(HikariDataSource pool) {
        this(
                pool.getMaximumPoolSize(),
                pool.getConnectionTimeout(),
                pool.getDataSource() instanceof BoundedBackends backends ? backends::lingering : () -> 0);
    }

    WriteShares(int poolSize, long patienceMillis, IntSupplier lingering) {
        this.lingering = lingering;
        this.patienceMillis = patienceMillis;
        this.all = new Semaphore(Math.max(1, poolSize - Math.max(1, poolSize / RESERVE)));
    }

    /**
     * Runs a write to one conversation, or to no single one if that is null. A write within a transaction has a
     * connection already, and needs no place.
     *
     * @throws ProblemException {@code unavailable} if the write got no place in time; then it did not run
     */
    public <T> T write(@Nullable UUID conversation, Supplier<T> write) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return write.get();
        }
        if (conversation == null) {
            return amongAll(write);
        }
        Turns turns = conversations.compute(conversation, (id, known) -> enter(known));
        try {
            return within(turns.one, "Other changes of this conversation are in progress.", () -> amongAll(write));
        } finally {
            conversations.computeIfPresent(conversation, (id, known) -> --known.users == 0 ? null : known);
        }
    }

    private static Turns enter(@Nullable Turns known) {
        Turns turns = known == null ? new Turns() : known;
        if (turns.users == MOST_TURNS) {
            throw refusal("Too many changes of this conversation are in progress.");
        }
        turns.users++;
        return turns;
    }

    private <T> T amongAll(Supplier<T> write) {
        int givenUp = lingering.getAsInt();
        if (givenUp > 0 && all.availablePermits() <= givenUp) {
            throw refusal("Statements that timed out are still running in PostgreSQL.");
        }
        return within(all, "Too many writes are in progress.", write);
    }

    private <T> T within(Semaphore places, String otherwise, Supplier<T> write) {
        if (!acquire(places)) {
            throw refusal(otherwise);
        }
        try {
            return write.get();
        } finally {
            places.release();
        }
    }

    private boolean acquire(Semaphore places) {
        try {
            return places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ProblemException refusal(String why) {
        String seconds = Integer.toString(ThreadLocalRandom.current().nextInt(1, 6));
        return new ProblemException(
                        ProblemType.UNAVAILABLE, why + " Nothing was stored: try again in " + seconds + " s.")
                .withHeader(HttpHeaders.RETRY_AFTER, seconds);
    }
}
