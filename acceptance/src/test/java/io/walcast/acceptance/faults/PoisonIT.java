package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FaultTable.class)
class PoisonIT {

    private static final String MESSAGE_CREATED = "messaging.message_created";

    @Test
    void isParkedWithItsErrorAndBlocksNobody() throws Exception {
        try (var trial = Trial.start()) {
            var conversation = trial.conversations().get(0).toString();
            trial.expose("poison: no message, no UUID; an unknown topic", () -> {
                        trial.database().append(MESSAGE_CREATED, conversation, "{}");
                        trial.database().append(MESSAGE_CREATED, "no conversation", "{}");
                        trial.database().append("nobody.knows_this", conversation, "{}");
                    })
                    .assertFlawlessBut(2)
                    .assertPushed();

            assertThat(trial.database()
                            .sql()
                            .sql("select last_error from outbox where id in (select outbox_id from outbox_parked)")
                            .query(String.class)
                            .list())
                    .allSatisfy(error -> assertThat(error).isNotBlank());
        }
    }
}
