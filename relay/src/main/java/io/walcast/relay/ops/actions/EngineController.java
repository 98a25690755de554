package io.walcast.relay.ops.actions;

import io.walcast.relay.wal.WalSettings;
import io.walcast.relay.wal.WalSupervisor;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What can be asked of the engine. Takes JSON only, which a page of another origin cannot send without asking first. */
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

    /** Has all unpublished rows delivered from the table, for those who doubt that the slot will bring them. */
    @PostMapping(path = "/ops/sweep", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sweep(HttpServletRequest request) {
        ask(request, "sweep", supervisor::sweep);
    }

    /** Has the engine replaced by a new one, which goes on where the slot stands. */
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
                    question.run();
                    return "asked for";
                },
                outcome -> outcome);
    }
}
