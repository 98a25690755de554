package io.walcast.relay.ops.actions;

import io.walcast.relay.runtime.RelayDatabase;
import io.walcast.relay.wal.WalSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Drops a slot that fills the disk and has no reader. Takes JSON only, which a page of another origin cannot send. */
@RestController
class SlotController {

    private static final String STATE = """
            select slot_name = :ours and database = current_database() as ours, active
            from pg_replication_slots where slot_name = :name
            """;

    private record State(boolean ours, boolean active) {}

    private final WalSettings wal;
    private final JdbcClient jdbc;
    private final AuditLog audit;

    SlotController(WalSettings wal, RelayDatabase database, AuditLog audit) {
        this.wal = wal;
        this.jdbc = database.jdbc();
        this.audit = audit;
    }

    /**
     * 404 if there is no such slot, 409 if it has a reader or is ours. If a reader connects in between, PostgreSQL
     * refuses the drop.
     */
    @PostMapping(path = "/ops/slots/{name}/drop", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void drop(@PathVariable String name, HttpServletRequest request) {
        State state = jdbc.sql(STATE)
                .param("ours", wal.slot())
                .param("name", name)
                .query(State.class)
                .optional()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no slot of this name."));
        if (state.ours()) {
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT,
                    "This is the relay's own slot. To replace it, drop it in SQL; the relay makes a new one.");
        }
        if (state.active()) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "Somebody reads this slot: stop its reader first.");
        }
        audit.record(
                request,
                "drop slot",
                name,
                () -> jdbc.sql("select pg_drop_replication_slot(?)")
                        .param(name)
                        .query((row, number) -> Optional.empty())
                        .list(),
                rows -> "dropped");
    }
}
