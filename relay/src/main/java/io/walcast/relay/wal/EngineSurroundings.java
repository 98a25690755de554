package io.walcast.relay.wal;

import io.walcast.relay.wal.OutboxConsumer.Audit;
import io.walcast.relay.wal.WalStatus.State;
import org.springframework.stereotype.Component;

/** The queries and reports of {@link EngineWatch} while an engine runs. For the owner thread. */
@Component
class EngineSurroundings implements EngineWatch.Surroundings {

    private final WalSettings settings;
    private final Ownership ownership;
    private final SlotGuard guard;
    private final SlotMemory memory;
    private final OutboxConsumer consumer;
    private final StatusBoard board;

    EngineSurroundings(
            WalSettings settings,
            Ownership ownership,
            SlotGuard guard,
            SlotMemory memory,
            OutboxConsumer consumer,
            StatusBoard board) {
        this.settings = settings;
        this.ownership = ownership;
        this.guard = guard;
        this.memory = memory;
        this.consumer = consumer;
        this.board = board;
    }

    @Override
    public boolean isOwner() {
        return ownership.isHeld();
    }

    @Override
    public SlotSample sample() {
        SlotSample sample = memory.sample()
                .orElseThrow(() -> new IllegalStateException("replication slot " + settings.slot() + " is gone"));
        board.answered();
        guard.seen(sample.current());
        return sample;
    }

    @Override
    public void compare() {
        guard.compare();
        guard.refuseInterference(true);
    }

    @Override
    public boolean audit(SlotSample sample) {
        Audit audit = consumer.audit(sample.confirmed());
        if (audit.stranded() > 0) {
            throw guard.stranded(audit.stranded());
        }
        if (audit.sentAgain() > 0) {
            guard.sentAgain(audit.sentAgain());
        }
        return audit.waits();
    }

    @Override
    public long beat() {
        return memory.beat();
    }

    @Override
    public void report(State state, String reason) {
        board.enter(state, reason);
    }
}
