package io.walcast.relay.ops.console;

import io.walcast.relay.ops.actions.AuditLog;
import io.walcast.relay.ops.slots.SlotHistory;
import io.walcast.relay.ops.slots.SlotMonitor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The data of the console, as JSON. */
@RestController
@RequestMapping("/ops/api")
class ConsoleController {

    private static final int AUDIT_ENTRIES = 20;

    private final Overviews overviews;
    private final SlotMonitor slots;
    private final OutboxBrowser outbox;
    private final AuditLog audit;

    ConsoleController(Overviews overviews, SlotMonitor slots, OutboxBrowser outbox, AuditLog audit) {
        this.overviews = overviews;
        this.slots = slots;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** The present state. It is cheap enough to be read every few seconds. */
    @GetMapping("/overview")
    Overview overview() {
        return overviews.newest();
    }

    /** The WAL that each slot held during the last half hour, for a plot. */
    @GetMapping("/slots/history")
    Map<String, List<SlotHistory.Point>> history() {
        return slots.history().points();
    }

    /** Up to 50 outbox rows, without their content; a filter that is left out or empty has no effect. */
    @GetMapping("/outbox")
    List<OutboxBrowser.Row> outbox(
            @RequestParam(defaultValue = "RECENT") OutboxBrowser.Which state,
            @RequestParam(required = false) @Nullable String topic,
            @RequestParam(required = false) @Nullable String conversation) {
        return outbox.rows(state, blankToNull(topic), blankToNull(conversation));
    }

    /** The content of one row; 404 if the row is gone. */
    @GetMapping("/outbox/{id}")
    ResponseEntity<OutboxBrowser.Content> content(@PathVariable long id) {
        return ResponseEntity.of(outbox.content(id));
    }

    /** The newest manual actions. */
    @GetMapping("/audit")
    List<AuditLog.Entry> audit() {
        return audit.newest(AUDIT_ENTRIES);
    }

    private static @Nullable String blankToNull(@Nullable String filter) {
        return filter == null || filter.isBlank() ? null : filter.strip();
    }
}
