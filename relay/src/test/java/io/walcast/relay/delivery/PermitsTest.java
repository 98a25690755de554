package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PermitsTest {

    private final Permits permits = new Permits(10, 1_000);

    @Test
    void aRowWaitsUntilItsBytesAreFree() throws InterruptedException {
        permits.acquire(600);
        CompletableFuture<Void> second = acquire(600);
        await().until(() -> permits.rowsTaken() == 2);
        assertThat(second).isNotDone();

        permits.releaseBytes(600);
        second.join();
        assertThat(permits.rowsTaken()).isEqualTo(2);
        assertThat(permits.bytesTaken()).isEqualTo(600);
    }

    @Test
    void aRowThatIsLargerThanAllPassesAlone() throws InterruptedException {
        permits.acquire(5_000_000_000L);
        assertThat(permits.bytesTaken()).isEqualTo(1_000);
        CompletableFuture<Void> next = acquire(1);
        await().until(() -> permits.rowsTaken() == 2);
        assertThat(next).isNotDone();

        permits.releaseBytes(5_000_000_000L);
        next.join();
        assertThat(permits.bytesTaken()).isEqualTo(1);
    }

    @Test
    void whoIsInterruptedTakesNothing() throws InterruptedException {
        permits.acquire(1_000);
        var waiting = new Thread(() -> {
            try {
                permits.acquire(1);
            } catch (InterruptedException e) {
                // as the engine's thread ends
            }
        });
        waiting.start();
        await().until(() -> permits.rowsTaken() == 2);
        waiting.interrupt();
        waiting.join();

        assertThat(permits.rowsTaken()).isEqualTo(1);
    }

    private CompletableFuture<Void> acquire(long bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                permits.acquire(bytes);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
