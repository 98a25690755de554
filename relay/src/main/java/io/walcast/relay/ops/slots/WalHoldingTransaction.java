package io.walcast.relay.ops.slots;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that has written something and not ended. The WAL from its beginning on is kept for every logical slot,
 * however far that has read, for it may still commit.
 *
 * @param name how to end it: {@code pid 4711}, or {@code prepared 'gid'}
 * @param who application, user, database and address, as far as PostgreSQL tells
 * @param state of its session, as in {@code idle in transaction}
 * @param query the beginning of its last statement, if the relay may see it
 */
public record WalHoldingTransaction(
        String name,
        String who,
        String state,
        Instant since,
        @Nullable String query) {}
