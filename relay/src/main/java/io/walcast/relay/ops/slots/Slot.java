package io.walcast.relay.ops.slots;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as PostgreSQL shows it. Positions are bytes from the beginning of the WAL. A value that the
 * server's version or the slot does not have is null.
 *
 * @param ours whether it is this relay's
 * @param type logical or physical
 * @param client its holder: application, user and address, as far as PostgreSQL tells
 * @param confirmed the position that its reader has acknowledged; for a physical slot, the one that was read last
 * @param safeBytes bytes of WAL that may still be written before it can be lost
 * @param inactiveSince PostgreSQL 17 and later
 * @param invalidationReason PostgreSQL 17 and later
 * @param failover whether it is kept on standbys; PostgreSQL 17 and later
 * @param synced whether it is such a copy; PostgreSQL 17 and later
 */
public record Slot(
        String name,
        boolean ours,
        String type,
        @Nullable String database,
        @Nullable Long activePid,
        @Nullable String client,
        @Nullable String walStatus,
        @Nullable Long restart,
        @Nullable Long confirmed,
        @Nullable Long safeBytes,
        @Nullable Instant inactiveSince,
        @Nullable String invalidationReason,
        boolean failover,
        boolean synced) {

    public boolean active() {
        return activePid != null;
    }

    public boolean lost() {
        return "lost".equals(walStatus);
    }
}
