package io.walcast.relay.ops.console;

import io.walcast.relay.delivery.MessageStages;
import io.walcast.relay.delivery.MessageStages.Stages;
import io.walcast.relay.runtime.RelayDatabase;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Returns the times of the stages of one recent message, without its content. */
@RestController
class StagesController {

    private final MessageStages stages;
    private final JdbcClient jdbc;

    StagesController(MessageStages stages, RelayDatabase database) {
        this.stages = stages;
        this.jdbc = database.jdbc();
    }

    /** 404 when the message is unknown, or its delivery too long ago to be remembered. */
    @GetMapping("/ops/messages/{messageId}/stages")
    ResponseEntity<Stages> stages(@PathVariable UUID messageId) {
        Optional<Long> outboxId = jdbc.sql("select outbox_id from messages where id = :id")
                .param("id", messageId)
                .query(Long.class)
                .optional();
        return ResponseEntity.of(outboxId.flatMap(stages::find));
    }
}
