package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who do nothing wrong while others do: one posts twenty times a second, one listens.
 *
 * <p>From its creation to {@link #close()}. Used by one thread.
 */
final class Bystanders implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RestClient rest;
    private final UUID conversation;
    private final Listener listener;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    Bystanders(WalcastProcess walcast) {
        this.rest = new RestClient(walcast);
        this.conversation = rest.createConversation();
        this.listener = Listener.resuming(() -> walcast.uri("ws", "/ws"), conversation, Duration.ofSeconds(20));
        await().atMost(PATIENCE).until(listener::joined);
        var unused = clock.scheduleAtFixedRate(this::post, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Waits until this many more posts are answered, and checks that none was refused and that all have arrived. */
    void assertServed(int posts) {
        int before = answered.get();
        await("posts of others are answered").atMost(PATIENCE).until(() -> answered.get() >= before + posts);
        int until = answered.get();
        await("messages of others arrive").atMost(PATIENCE).until(() -> listener.received() >= until);
        assertThat(failures).as("posts of others that were refused").isEmpty();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        listener.close();
    }

    private void post() {
        CompletableFuture<?> unused = rest.post(
                        conversation,
                        "message " + sent.incrementAndGet(),
                        UUID.randomUUID().toString())
                .whenComplete((answer, failure) -> {
                    if (failure == null && answer.statusCode() == 201) {
                        answered.incrementAndGet();
                    } else {
                        failures.add(failure == null ? answer.statusCode() + " " + answer.body() : failure.toString());
                    }
                });
    }
}
