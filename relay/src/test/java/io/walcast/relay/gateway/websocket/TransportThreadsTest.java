package io.walcast.relay.gateway.websocket;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TransportThreadsTest {

    @Test
    void aRepeatedTaskThatFailsIsRepeated() {
        var runs = new AtomicInteger();
        try (var threads = new TransportThreads(TransportSettings.defaults())) {
            threads.repeat(
                    () -> {
                        if (runs.incrementAndGet() % 2 == 0) {
                            throw new IllegalStateException("on purpose");
                        }
                        throw new StackOverflowError("on purpose");
                    },
                    1);
            await().until(() -> runs.get() > 3);
        }
    }
}
