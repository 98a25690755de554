package io.walcast.relay.ops;

import io.walcast.relay.delivery.Parked;
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

/** Parked rows for ops: a list, and a way to send one again. */
@RestController
@RequestMapping("/ops/parked")
class ParkedController {

    private static final int MOST = 1_000;

    private final Parked parked;

    ParkedController(Parked parked) {
        this.parked = parked;
    }

    @GetMapping
    List<Parked.Row> list() {
        return parked.list(MOST);
    }

    /** Takes JSON only, which a page of another origin cannot send without asking first. */
    @PostMapping(path = "/{id}/redrive", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Map<String, Long>> redrive(@PathVariable long id) {
        OptionalLong replacement = parked.redrive(id);
        return replacement.isPresent()
                ? ResponseEntity.ok(Map.of("id", replacement.getAsLong()))
                : ResponseEntity.notFound().build();
    }
}
