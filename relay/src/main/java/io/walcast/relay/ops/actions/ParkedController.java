package io.walcast.relay.ops.actions;

import io.walcast.relay.delivery.Parked;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Parked rows for ops: a list, and ways to send them again. Posts take JSON only, which a foreign page cannot send. */
@RestController
@RequestMapping("/ops/parked")
class ParkedController {

    private static final int MOST = 1_000;

    private final Parked parked;
    private final AuditLog audit;

    ParkedController(Parked parked, AuditLog audit) {
        this.parked = parked;
        this.audit = audit;
    }

    @GetMapping
    List<Parked.Row> list() {
        return parked.list(MOST);
    }

    @PostMapping(path = "/{id}/redrive", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, Long>> redrive(@PathVariable long id, HttpServletRequest request) {
        OptionalLong replacement = audit.record(
                request,
                "redrive",
                "row " + id,
                () -> parked.redrive(id),
                newId -> newId.isPresent() ? "sent again as row " + newId.getAsLong() : "no such row is parked");
        return replacement.isPresent()
                ? ResponseEntity.ok(Map.of("id", replacement.getAsLong()))
                : ResponseEntity.notFound().build();
    }

    /** Sends all rows again that are parked now, the oldest first, and answers their number. */
    @PostMapping(path = "/redrive", consumes = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Integer> redriveAll(HttpServletRequest request) {
        int redriven = audit.record(
                request, "redrive", "all parked rows", parked::redriveAll, rows -> rows + " rows sent again");
        return Map.of("redriven", redriven);
    }
}
