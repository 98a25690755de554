package io.walcast.relay.wal;

import org.jspecify.annotations.Nullable;

/**
 * The state of slot, publication, outbox and server, as PostgreSQL shows it at one moment. LSNs are bytes from the
 * beginning of the WAL.
 *
 * @param slotType logical or physical; null if there is no slot of this name
 * @param readable whether the slot is one that the relay can read: of this database, and of the kind that it creates
 * @param lost whether PostgreSQL invalidated the slot
 * @param confirmed the position up to which the slot is acknowledged; null while it is being created
 * @param holder the walsender that holds the slot, with its client; null if none does
 * @param flushed the end of the WAL that is on the disk
 * @param publicationFault why the publication does not bring the rows of the outbox; null if it does
 * @param publication changes with each change of the publication; null if there is none
 * @param outboxFiles changes with each rewrite or truncation of the outbox; null if there is no outbox
 * @param lastId the newest id of the outbox's sequence; null if it has assigned none, or the relay may not read it
 * @param history changes when the server is promoted or restored
 */
record Found(
        @Nullable String slotType,
        boolean readable,
        boolean lost,
        @Nullable Long confirmed,
        @Nullable String holder,
        long flushed,
        @Nullable PublicationFault publicationFault,
        @Nullable String publication,
        @Nullable String outboxFiles,
        @Nullable Long lastId,
        String history) {

    boolean hasSlot() {
        return slotType != null;
    }
}
