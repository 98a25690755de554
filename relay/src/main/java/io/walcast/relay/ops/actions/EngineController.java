package io.walcast.relay.ops.actions;

import io.walcast.relay.wal.WalSettings;
import io.walcast.relay.wal.WalSupervisor;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Actions on the engine. They take JSON only: a page of another origin needs a preflight request to send that. */
@RestController
class EngineController {

    private final WalSupervisor supervisor;
    private final WalSettings wal;
    private final AuditLog audit;

    EngineController(WalSupervisor supervisor, WalSettings wal, AuditLog audit) {
        this.supervisor = supervisor;
        this.wal = wal;
        this.audit = audit;
    }

    /**
     * Has all unpublished rows delivered from the table by the owner of the slot, whichever relay that is. 409 if this
     * relay can do nothing now.
     */
    @PostMapping(path = "/ops/sweep", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sweep(HttpServletRequest request) {
        ask(request, "sweep", supervisor::sweep);
    }

    /** Has the engine replaced by a new one, which continues where the slot stands. 409 on a relay that stands by. */
    @PostMapping(path = "/ops/engine/restart", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void restart(HttpServletRequest request) {
        ask(request, "restart", supervisor::restart);
    }

    private void ask(HttpServletRequest request, String action, Runnable question) {
        audit.record(
                request,
                action,
                wal.slot(),
                () -> {
                    try {
                        question.run();
                    } catch (IllegalStateException e) {
                        throw new ResponseStatusException(HttpStatus.CONFLICT, e.getMessage(), e);
                    }
                    return "asked for";
                },
                outcome -> outcome);
    }
}
