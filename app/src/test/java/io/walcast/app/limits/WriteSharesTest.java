package io.walcast.app.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.walcast.app.problems.ProblemException;
import java.util.ArrayList;
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
    void writesToOneConversationRunOneAtATime() {
        var conversation = UUID.randomUUID();
        hold(conversation);

        assertRefused(conversation);
        assertThat(shares.write(UUID.randomUUID(), () -> "another")).isEqualTo("another");
        end.countDown();
        await().until(() -> running.get() == 0);
        assertThat(shares.write(conversation, () -> "again")).isEqualTo("again");
    }

    @Test
    void fewWritesAwaitTheirTurn() {
        var patient = new WriteShares(POOL, 60_000, lingering::get);
        var conversation = UUID.randomUUID();
        var writes = new ArrayList<CompletableFuture<?>>();
        for (int i = 0; i < 44; i++) {
            writes.add(CompletableFuture.runAsync(() -> patient.write(conversation, this::waitForTheEnd), threads));
        }

        await().until(() -> writes.stream()
                        .filter(CompletableFuture::isCompletedExceptionally)
                        .count()
                == 12);
        end.countDown();
        await().until(() -> writes.stream().allMatch(CompletableFuture::isDone));
        assertThat(writes.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSize(12);
    }

    @Test
    void aWriteThatFailsGivesItsTurnBack() {
        var conversation = UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(CannotAcquireLockException.class)
                    .isThrownBy(() -> shares.write(conversation, () -> {
                        throw new CannotAcquireLockException("locked");
                    }));
        }
        assertThat(shares.write(conversation, () -> "free")).isEqualTo("free");
    }

    @Test
    void allWritesTogetherLeaveConnectionsForReads() {
        for (int i = 0; i < 14; i++) {
            hold(UUID.randomUUID());
        }

        assertRefused(UUID.randomUUID());
        assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> shares.write(null, () -> "none"));
    }

    @Test
    void statementsThatWereGivenUpCountAsWrites() {
        lingering.set(13);
        hold(UUID.randomUUID());
        assertRefused(UUID.randomUUID());

        lingering.set(0);
        assertThat(shares.write(UUID.randomUUID(), () -> "again")).isEqualTo("again");
    }

    private void hold(UUID conversation) {
        int before = running.get();
        var unused = CompletableFuture.runAsync(() -> shares.write(conversation, this::waitForTheEnd), threads);
        await().until(() -> running.get() == before + 1);
    }

    private boolean waitForTheEnd() {
        running.incrementAndGet();
        try {
            end.await();
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
