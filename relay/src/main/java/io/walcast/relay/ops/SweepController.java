package io.walcast.relay.ops;

import io.walcast.relay.wal.WalSupervisor;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets ops have all unpublished rows delivered from the table, when they doubt that the slot will bring them. */
@RestController
class SweepController {

    private final WalSupervisor supervisor;

    SweepController(WalSupervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** Takes JSON only, which a page of another origin cannot send without asking first. */
    @PostMapping(path = "/ops/sweep", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sweep() {
        supervisor.sweep();
    }
}
