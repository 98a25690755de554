package io.walcast.relay.rooms;

import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to join, from when its subscription has entered the room until it is answered. For one thread at a time. */
final class Admission {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    final Room room;
    final Subscription subscription;
    final @Nullable Long after;
    final @Nullable String epoch;
    final long sinceNanos;

    private final Consumer<JoinResult> answer;
    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    /**
     * @param after the last seq that the client has; null if it wants only what comes
     * @param epoch the history that {@code after} is from, if the client knows
     */
    Admission(
            Room room,
            Subscription subscription,
            @Nullable Long after,
            @Nullable String epoch,
            Consumer<JoinResult> answer,
            long nanoTime) {
        this.room = room;
        this.subscription = subscription;
        this.after = after;
        this.epoch = epoch;
        this.answer = answer;
        this.sinceNanos = nanoTime;
    }

    Duration nextPause() {
        return pauses.next();
    }

    /** Answers; what is answered is true of the room at that moment. Returns the answer. */
    JoinResult answer(JoinResult result) {
        boolean told = result instanceof JoinResult.Joined joined
                ? room.serve(
                        subscription,
                        after == null ? joined.lastSeq() : after,
                        joined.lastSeq(),
                        () -> answer.accept(result))
                : room.refuse(subscription, () -> answer.accept(result));
        if (told) {
            return result;
        }
        var superseded = new JoinResult.Superseded();
        answer.accept(superseded);
        return superseded;
    }
}
