package io.walcast.relay.rooms;

import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.runtime.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to join a room, from the entry of its subscription until its answer. For one thread at a time. */
final class Admission {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    final Room room;
    final Subscription subscription;
    final JoinPosition position;
    final long sinceNanos;

    private final Consumer<JoinResult> answer;
    private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    Admission(Room room, Subscription subscription, JoinPosition position, Consumer<JoinResult> answer, long nanoTime) {
        this.room = room;
        this.subscription = subscription;
        this.position = position;
        this.answer = answer;
        this.sinceNanos = nanoTime;
    }

    Duration nextPause() {
        return pauses.next();
    }

    /** The seq of the message whose place in the log has to be read; null if none has to be. */
    @Nullable
    Long askedAfter() {
        return position.pos() == null ? position.after() : null;
    }

    /**
     * Answers the request, and returns the answer. It is true of the room at that moment.
     *
     * @param reads the read markers for a subscriber that has everything else
     */
    JoinResult answer(JoinResult result, List<RoomEvent> reads) {
        boolean told = result instanceof Joined joined
                ? room.serve(subscription, joined, afterSeq(joined), reads, () -> answer.accept(result))
                : room.refuse(subscription, () -> answer.accept(result));
        if (told) {
            return result;
        }
        var superseded = new JoinResult.Superseded();
        answer.accept(superseded);
        return superseded;
    }

    /** A client that gives only {@code pos} has all messages up to it. */
    private long afterSeq(Joined joined) {
        if (position.after() != null) {
            return position.after();
        }
        return position.pos() == null ? joined.lastSeq() : 0;
    }
}
