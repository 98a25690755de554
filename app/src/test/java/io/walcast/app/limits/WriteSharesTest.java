package io.walcast.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.walcast.app.problems.ProblemException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class WriteSharesTest {

    private static final int POOL = 16;

    private final AtomicInteger lingering = new AtomicInteger();
    private final WriteShares shares = new WriteShares(POOL, 10, lingering::get);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void endAll() {
        end.countDown();
        threads.shutdown();
    }

    @Test
    void oneConversationGetsAQuarterOfThePool() {
        var conversation = UUID.randomUUID();
        hold(conversation, 4);

        assertRefused(conversation);
        assertThat(shares.write(UUID.randomUUID(), () -> "another")).isEqualTo("another");
        end.countDown();
        await().until(() -> running.get() == 0);
        assertThat(shares.write(conversation, () -> "again")).isEqualTo("again");
    }

    @Test
    void allWritesTogetherLeaveConnectionsForReads() {
        for (int i = 0; i < 14; i++) {
            hold(UUID.randomUUID(), 1);
        }

        assertRefused(UUID.randomUUID());
        assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> shares.write(null, () -> "none"));
    }

    @Test
    void statementsThatWereGivenUpCountAsWrites() {
        lingering.set(13);
        hold(UUID.randomUUID(), 1);
        assertRefused(UUID.randomUUID());

        lingering.set(0);
        assertThat(shares.write(UUID.randomUUID(), () -> "again")).isEqualTo("again");
    }

    @Test
    void aConversationThatIsLockedIsTriedByOneAtATime() {
        var conversation = UUID.randomUUID();
        var others = new CountDownLatch(1);
        var keepsItKnown = CompletableFuture.runAsync(() -> shares.write(conversation, () -> waitFor(others)), threads);
        await().until(() -> running.get() == 1);
        assertThatExceptionOfType(CannotAcquireLockException.class)
                .isThrownBy(() -> shares.write(conversation, () -> {
                    throw new CannotAcquireLockException("locked", new SQLException("locked", "55P03"));
                }));

        assertRefused(conversation);
        others.countDown();
        keepsItKnown.join();
        assertThat(shares.write(conversation, () -> "free")).isEqualTo("free");
    }

    private void hold(UUID conversation, int writes) {
        int before = running.get();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < writes; i++) {
            all.add(CompletableFuture.runAsync(() -> shares.write(conversation, () -> waitFor(end)), threads));
        }
        await().until(() -> running.get() == before + writes);
    }

    private boolean waitFor(CountDownLatch latch) {
        running.incrementAndGet();
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            running.decrementAndGet();
        }
    }

    private void assertRefused(UUID conversation) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> shares.write(conversation, () -> "none"))
                .matches(e -> e.getStatusCode().value() == 503)
                .matches(e -> e.getHeaders().containsHeader("Retry-After"));
    }
}
