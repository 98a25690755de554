package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The slot, the outbox and the publication of a relay, for a check without a running relay. It uses the relay's own
 * statement.
 *
 * @param slot whether there is a slot of this name
 * @param readable whether the relay can read it: of this database, and of the kind that it creates
 * @param lost whether PostgreSQL invalidated it
 * @param holder the walsender that holds it, with its client; null if none does
 * @param owned whether a relay owns the slot by its lock
 * @param outbox whether the table of the outbox exists
 * @param publicationFault why the publication does not bring the rows of the outbox; null if it does
 * @param publicationRemedy the statement that fixes it
 */
public record Footing(
        boolean slot,
        boolean readable,
        boolean lost,
        @Nullable String holder,
        boolean owned,
        boolean outbox,
        @Nullable String publicationFault,
        @Nullable String publicationRemedy) {

    // pg_locks shows the key in halves.
    private static final String OWNED = """
            select exists (select from pg_locks, %s key
                           where locktype = 'advisory' and objsubid = 1 and granted
                             and database = (select oid from pg_database where datname = current_database())
                             and (classid::bigint << 32) | objid::bigint = key)
            """.replace("%s", Ownership.KEY);

    /** Reads all of it from a primary; fails on a standby. */
    public static Footing find(JdbcClient jdbc, WalSettings settings) {
        Found found = jdbc.sql(SlotMemory.FIND)
                .param("slot", settings.slot())
                .param("publication", settings.publication())
                .query(Found.class)
                .single();
        boolean owned =
                jdbc.sql(OWNED).param(settings.slot()).query(Boolean.class).single();
        PublicationFault fault = found.publicationFault();
        return new Footing(
                found.hasSlot(),
                found.readable(),
                found.lost(),
                found.holder(),
                owned,
                fault != PublicationFault.NO_OUTBOX,
                fault == null ? null : fault.fact(settings.publication()),
                fault == null ? null : fault.remedy(settings.publication()));
    }
}
