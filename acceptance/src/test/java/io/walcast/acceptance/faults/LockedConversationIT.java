package io.walcast.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.acceptance.FaultTable;
import io.walcast.acceptance.Readers;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody leaves a transaction open that holds the row of the conversation to which most is posted. */
@ExtendWith(FaultTable.class)
class LockedConversationIT {

    private static final int POSTERS = 20;
    private static final int POOL = 16;
    private static final Duration WITHOUT = Duration.ofSeconds(30);
    private static final Duration LOCKED = Duration.ofMinutes(2);
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(8);

    /** Below this a ratio of two times says nothing on a machine that does other things too. */
    private static final Duration NOISE = Duration.ofMillis(25);

    private final Queue<Duration> refusals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();

    @Test
    void holdsUpNoOtherAndIsStoredWithNothingThatWasRefused() throws Exception {
        try (var trial = Trial.start()) {
            var hottest = trial.rest().createConversation();
            var times = new long[3];
            try (var readers = Readers.start(trial.rest(), trial.conversations())) {
                trial.expose("row of the hottest conversation locked for two minutes", () -> {
                            times[0] = System.nanoTime();
                            trial.hold(WITHOUT);
                            times[1] = System.nanoTime();
                            List<Thread> posters;
                            try (var lock = trial.database()
                                    .holding("select from conversations where id = '" + hottest + "' for update")) {
                                posters = post(trial, hottest);
                                holdAndCountBackends(trial);
                                times[2] = System.nanoTime();
                                ended.set(true);
                                for (Thread poster : posters) {
                                    poster.join();
                                }
                            }
                        })
                        .assertFlawless()
                        .assertPushed();
                assertThat(readers.failures()).as("reads refused").isZero();
                compare("posts", trial.answers(times[0], times[1]), trial.answers(times[1], times[2]));
                compare("reads", readers.took(times[0], times[1]), readers.took(times[1], times[2]));
            }
            assertThat(refusals)
                    .isNotEmpty()
                    .allSatisfy(took -> assertThat(took).isLessThan(LONGEST_REFUSAL));
            assertThat(trial.database()
                            .sql()
                            .sql("select count(*) from messages where conversation_id = ?")
                            .param(hottest)
                            .query(Integer.class)
                            .single())
                    .as("stored of the locked conversation")
                    .isEqualTo(created.get());
            System.out.printf(Locale.ROOT, "locked: %d posts refused, %d created%n", refusals.size(), created.get());
            assertThat(trial.rest().post(hottest, "free again").path("seq").intValue())
                    .isEqualTo(created.get() + 1);
        }
    }

    private List<Thread> post(Trial trial, UUID conversation) {
        var posters = new ArrayList<Thread>();
        for (int i = 0; i < POSTERS; i++) {
            var poster = new Thread(
                    () -> {
                        while (!ended.get()) {
                            long begun = System.nanoTime();
                            try {
                                trial.rest().post(conversation, "anyone there?");
                                created.incrementAndGet();
                            } catch (IllegalStateException e) {
                                assertThat(e).hasMessageContaining("503");
                                refusals.add(Duration.ofNanos(System.nanoTime() - begun));
                            }
                            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                        }
                    },
                    "poster");
            poster.start();
            posters.add(poster);
        }
        return posters;
    }

    private static void holdAndCountBackends(Trial trial) {
        long end = System.nanoTime() + LOCKED.toNanos();
        while (System.nanoTime() < end) {
            trial.hold(Duration.ofSeconds(5));
            assertThat(trial.database().backendsOf("walcast_app"))
                    .as("backends for requests")
                    .isLessThanOrEqualTo(POOL);
        }
    }

    private static void compare(String what, List<Duration> without, List<Duration> with) {
        var usual = percentile99(without);
        var locked = percentile99(with);
        System.out.printf(
                Locale.ROOT,
                "%s of others: p99 %.1f ms without the lock (%d), %.1f ms with it (%d)%n",
                what,
                usual.toNanos() / 1e6,
                without.size(),
                locked.toNanos() / 1e6,
                with.size());
        assertThat(locked).as(what).isLessThanOrEqualTo(usual.multipliedBy(2).plus(NOISE));
    }

    private static Duration percentile99(List<Duration> ascending) {
        return ascending.get((int) Math.min(ascending.size() - 1, Math.round(0.99 * ascending.size())));
    }
}
