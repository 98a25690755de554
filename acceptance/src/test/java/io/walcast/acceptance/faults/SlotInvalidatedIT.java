package io.walcast.acceptance.faults;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** PostgreSQL gives up a slot that would keep more WAL than it may. */
@ExtendWith(FaultTable.class)
class SlotInvalidatedIT {

    private static final int WAL_MEGABYTES = 64;

    @Test
    void isReplacedAndNothingIsLost() throws Exception {
        try (var trial = Trial.with().postgres("max_slot_wal_keep_size", "1MB").start()) {
            trial.expose("slot invalidated by max_slot_wal_keep_size", () -> {
                        var walcast = trial.walcast();
                        var walsender = trial.database().walsender();
                        Signal.STOP.send(walsender);
                        var checkpoint = CompletableFuture.runAsync(
                                () -> trial.database().writeWalAndCheckpoint(WAL_MEGABYTES));
                        await("PostgreSQL asks the walsender to go")
                                .until(() -> trial.database().invalidatesSlot());
                        Signal.CONT.send(walsender);
                        checkpoint.join();
                        await("the slot was recreated").until(() -> walcast.hasLogged("wal_status is lost"));
                    })
                    .assertFlawless()
                    .assertPushed();
        }
    }
}
