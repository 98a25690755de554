package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes at a fixed rate, whether or not earlier writes are answered: of ten writes {@value #POSTS_IN_TEN} are posts, to
 * conversations in turn, and the others are {@link Changes}.
 *
 * <p>A post that is not answered, or answered 503, is repeated under its idempotency key until it is answered 201: so at
 * the end this knows exactly which messages exist. While {@value #MOST_UNANSWERED} posts wait for their answer no new
 * ones are made, as users give up on a chat that is down.
 *
 * <p><b>Lifecycle.</b> From {@link #start} to {@link #stop}. <b>Concurrency.</b> What was posted may be read at any time.
 */
final class Load implements AutoCloseable {

    private static final int POSTS_IN_TEN = 6;
    private static final int MOST_UNANSWERED = 100;
    private static final Duration REPEAT_AFTER = Duration.ofMillis(500);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A message that was answered 201.
     *
     * @param sentNanos when its first attempt was sent, as {@link System#nanoTime()} told
     * @param answeredNanos when the 201 came
     */
    record Posted(UUID conversation, long seq, UUID id, long sentNanos, long answeredNanos) {}

    private record Post(UUID conversation, String content, String key, long sentNanos) {}

    private final RestClient rest;
    private final List<UUID> conversations;
    private final Changes changes;
    private final String filler;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "load"));
    private final Queue<Posted> posted = new ConcurrentLinkedQueue<>();
    private final Set<String> oddAnswers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unreachable = new AtomicLong();
    private long made;
    private long ticked;
    private @Nullable ScheduledFuture<?> ticks;

    private Load(RestClient rest, List<UUID> conversations, int contentLength) {
        this.rest = rest;
        this.conversations = conversations;
        this.changes = new Changes(rest);
        this.filler = " ".repeat(contentLength) + ".";
    }

    /** Begins to write, each message with about that many characters. */
    static Load start(RestClient rest, List<UUID> conversations, int perSecond, int contentLength) {
        var load = new Load(rest, conversations, contentLength);
        load.ticks = load.clock.scheduleAtFixedRate(load::tick, 0, 1_000_000_000L / perSecond, TimeUnit.NANOSECONDS);
        return load;
    }

    /** Makes no new posts, and returns when the last one is answered. */
    void stop() {
        if (ticks != null) {
            ticks.cancel(false);
            // A tick may be under way, and is about to write.
            CompletableFuture.runAsync(() -> {}, clock).join();
        }
        await("every post and every change is answered")
                .atMost(ANSWER_LIMIT)
                .until(() -> unanswered.get() == 0 && changes.allAnswered());
        clock.shutdownNow();
    }

    /** Ends without waiting for anything. */
    @Override
    public void close() {
        clock.shutdownNow();
    }

    List<Posted> posted() {
        return List.copyOf(posted);
    }

    /** Attempts that were answered 503. */
    long refused() {
        return refused.get();
    }

    /** Attempts that found nobody, or were cut off before an answer. */
    long unreachable() {
        return unreachable.get();
    }

    /**
     * Answers that no write may get, whatever is broken: for a post anything but a 201, or a 503 that says when to try
     * again.
     */
    Set<String> oddAnswers() {
        return Stream.concat(oddAnswers.stream(), changes.oddAnswers().stream()).collect(Collectors.toSet());
    }

    private void tick() {
        if (ticked++ % 10 >= POSTS_IN_TEN) {
            changes.make();
        } else if (unanswered.get() < MOST_UNANSWERED) {
            unanswered.incrementAndGet();
            var conversation = conversations.get((int) (made % conversations.size()));
            attempt(new Post(conversation, made++ + filler, UUID.randomUUID().toString(), System.nanoTime()));
        }
    }

    private void attempt(Post post) {
        var unused = rest.post(post.conversation(), post.content(), post.key())
                .whenComplete((answer, failure) -> answered(post, answer));
    }

    private void answered(Post post, @Nullable HttpResponse<String> answer) {
        if (answer != null && answer.statusCode() == 201) {
            var message = JSON.readTree(answer.body());
            long seq = message.path("seq").longValue();
            var id = UUID.fromString(message.path("id").stringValue());
            posted.add(new Posted(post.conversation(), seq, id, post.sentNanos(), System.nanoTime()));
            changes.posted(post.conversation(), id, seq);
            unanswered.decrementAndGet();
            return;
        }
        if (answer == null) {
            unreachable.incrementAndGet();
        } else if (answer.statusCode() == 503
                && answer.headers().firstValue("Retry-After").isPresent()) {
            refused.incrementAndGet();
        } else {
            oddAnswers.add(answer.statusCode() + " " + answer.body());
        }
        repeat(post);
    }

    private void repeat(Post post) {
        if (clock.isShutdown()) {
            return;
        }
        clock.schedule(() -> attempt(post), REPEAT_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    }
}
