package io.walcast.relay.wal;

import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.runtime.TaskThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The right of one relay among several to manage the slot and to deliver its rows: an advisory lock, held by a
 * connection of its own.
 *
 * <p>PostgreSQL frees the lock when the connection ends, and ends the connection after {@link #IDLE} without a
 * statement. The lock is proven by an answer on that connection, every {@link #RENEWAL}. A proof is valid for
 * {@link #LEASE}, which ends before PostgreSQL can grant the lock to another relay. So a process that was paused, or
 * cut off, notices that before it delivers.
 *
 * <p><b>Lifecycle.</b> {@link #acquire()} to {@link #release()}, any number of times. <b>Concurrency.</b> Thread-safe;
 * one thread renews. While a proof is valid, {@link #requireOwner()} only reads the clock. <b>Error policy.</b> A
 * connection that fails is closed, and the right is lost with it.
 */
@Component
public final class Ownership implements DisposableBean {

    /** As long as the walsender's own timeout, so that slot and lock become free together. */
    static final Duration IDLE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    private static final Duration RENEWAL = Duration.ofSeconds(2);
    private static final Duration LEASE = Duration.ofSeconds(6);

    /** The key of the lock, whose parameter is the slot's name. */
    static final String KEY = "hashtextextended('walcast slot ' || ?, 0)";

    private static final String LOCK = "select pg_try_advisory_lock(" + KEY + ")";

    /** Shared by all relays that wait for the other lock, so that its owner can see whether one does. */
    private static final String WAIT = "select pg_try_advisory_lock_shared(hashtextextended('walcast waits ' || ?, 0))";

    private static final String WAIT_NO_LONGER =
            "select pg_advisory_unlock_shared(hashtextextended('walcast waits ' || ?, 0))";

    private static final String PROVE =
            "select not pg_try_advisory_xact_lock(hashtextextended('walcast waits ' || ?, 0))";

    private static final String CLAIM_EPOCH = """
            insert into relay_slots (slot_name, owner_epoch) values (?, 1)
            on conflict (slot_name) do update set owner_epoch = relay_slots.owner_epoch + 1
            returning owner_epoch
            """;

    private static final String EPOCH = "select owner_epoch from relay_slots where slot_name = ?";

    private static final long NEVER = -1;

    /**
     * The time of the query that proves the lock, on two clocks. The monotonic clock cannot be set, but stands still
     * while a virtual machine is frozen. The other clock is usually corrected when the machine continues.
     */
    record Proof(long nanos, long millis) {

        static Proof asked() {
            return new Proof(System.nanoTime(), System.currentTimeMillis());
        }

        boolean isGoodAt(Proof now) {
            return now.nanos - nanos <= LEASE.toNanos() && now.millis - millis <= LEASE.toMillis();
        }
    }

    private final WalSettings settings;
    private final RelayDatabase database;
    private final TaskThreads renewals = new TaskThreads("walcast-ownership", 1);

    private volatile boolean held;
    private volatile Proof proof = Proof.asked();
    private volatile boolean othersWait;

    /** Guarded by this, as are the fields below. */
    private @Nullable Connection connection;

    private long epoch = NEVER;
    private boolean heldByOwnStaleSession;
    private boolean missedDeliveries;
    private boolean waits;

    Ownership(WalSettings settings, RelayDatabase database) {
        this.settings = settings;
        this.database = database;
        renewals.every(RENEWAL, this::prove);
    }

    /**
     * Tries to become, or to remain, the owner.
     *
     * @return whether this process is the owner
     */
    synchronized boolean acquire() throws SQLException {
        if (prove()) {
            return true;
        }
        try {
            Connection asking = connection;
            if (asking == null) {
                asking = database.leasedConnection("walcast owner", IDLE);
                connection = asking;
            }
            Proof asked = Proof.asked();
            if (!answer(asking, LOCK)) {
                heldByOwnStaleSession = epoch(asking) == epoch;
                waits = waits || answer(asking, WAIT);
                return false;
            }
            if (waits) {
                waits = !answer(asking, WAIT_NO_LONGER);
            }
            long now = claimEpoch(asking);
            missedDeliveries |= now != epoch + 1;
            epoch = now;
            proof = asked;
            held = true;
            return true;
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    /** Whether a lost connection of this process had the lock when {@link #acquire()} did not get it. */
    synchronized boolean isHeldByOwnStaleSession() {
        return heldByOwnStaleSession;
    }

    /** Whether another process may have delivered since {@link #deliversAgain()}. */
    synchronized boolean missedDeliveries() {
        return missedDeliveries;
    }

    /** Notes that this process has caught up with the deliveries of others. */
    synchronized void deliversAgain() {
        missedDeliveries = false;
    }

    /** The {@code owner_epoch} that this process wrote when it took ownership. */
    synchronized long epoch() {
        return epoch;
    }

    /** Whether another relay waited to become the owner at the last proof of this one. */
    boolean othersWait() {
        return othersWait;
    }

    /** Whether this process was the owner at its last check. */
    boolean isHeld() {
        return held;
    }

    /** Whether no other process can deliver now. Sends no query, so it answers at once. */
    boolean isProven() {
        return held && proof.isGoodAt(Proof.asked());
    }

    /**
     * Returns if no other process can deliver now, and for some seconds.
     *
     * @throws NotOwnerException if that cannot be proven
     */
    public void requireOwner() {
        if (!isProven() && !prove()) {
            throw new NotOwnerException();
        }
    }

    /** Gives up the ownership, so that another relay can become the owner. */
    synchronized void release() {
        held = false;
        close();
    }

    @Override
    public void destroy() {
        renewals.close();
        release();
    }

    private synchronized boolean prove() {
        Connection holding = connection;
        if (!held || holding == null) {
            return false;
        }
        Proof asked = Proof.asked();
        try {
            othersWait = answer(holding, PROVE);
            proof = asked;
            return true;
        } catch (SQLException e) {
            LOG.warn("This relay is no longer the owner of slot {}: {}", settings.slot(), e.getMessage());
            release();
            return false;
        }
    }

    /** The answer of one of the statements above for this slot. */
    private boolean answer(Connection asking, String sql) throws SQLException {
        try (var select = asking.prepareStatement(sql)) {
            select.setString(1, settings.slot());
            try (var row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private long epoch(Connection asking) throws SQLException {
        try (var select = asking.prepareStatement(EPOCH)) {
            select.setString(1, settings.slot());
            try (var row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : NEVER - 1;
            }
        }
    }

    private long claimEpoch(Connection owner) throws SQLException {
        try (var update = owner.prepareStatement(CLAIM_EPOCH)) {
            update.setString(1, settings.slot());
            try (var row = update.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void close() {
        Connection closing = connection;
        connection = null;
        waits = false;
        if (closing != null) {
            try {
                closing.close();
            } catch (SQLException e) {
                LOG.debug("The owner's connection did not close cleanly", e);
            }
        }
    }
}
