package io.walcast.acceptance;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What users do beside posting: they edit, delete, react, read, and change titles and members.
 *
 * <p>A change that is not answered may have been made or not; it is not repeated, and the tables know. While {@value
 * #MOST_UNANSWERED} changes wait for their answer no new ones are made. Thread-safe, but for {@link #make()}.
 */
final class Changes {

    private static final int MOST_UNANSWERED = 50;
    private static final int RECENT = 256;
    private static final int GUESTS = 6;
    private static final List<String> EMOJI = List.of("+1", ":party:", ":eyes:", ":heart:", ":tada:");

    /** A deleted message, a conversation without that guest, or a lost race. */
    private static final Set<Integer> EXPECTED = Set.of(200, 201, 204, 404, 409, 410);

    private record Target(UUID conversation, UUID message, long seq) {}

    private final RestClient rest;
    private final Set<String> oddAnswers = ConcurrentHashMap.newKeySet();
    private final AtomicReferenceArray<Target> recent = new AtomicReferenceArray<>(RECENT);
    private final AtomicInteger posted = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final Random random = new Random(1);

    Changes(RestClient rest) {
        this.rest = rest;
    }

    /** A message that may be changed from now on. */
    void posted(UUID conversation, UUID message, long seq) {
        recent.set(posted.getAndIncrement() % RECENT, new Target(conversation, message, seq));
    }

    /** Makes one change, unless nothing is posted yet, or too many wait. */
    void make() {
        var target = recent.get(random.nextInt(Math.max(1, Math.min(RECENT, posted.get()))));
        if (target == null || unanswered.get() >= MOST_UNANSWERED) {
            return;
        }
        int chance = random.nextInt(100);
        if (chance < 35) {
            send("PATCH", message(target), "{\"content\":\"edit %d\"}".formatted(made.get()), RestClient.POSTER);
        } else if (chance < 45) {
            send("DELETE", message(target), null, RestClient.POSTER);
        } else if (chance < 75) {
            send(
                    random.nextInt(4) > 0 ? "PUT" : "DELETE",
                    message(target) + "/reactions/" + EMOJI.get(random.nextInt(EMOJI.size())),
                    null,
                    user());
        } else if (chance < 88) {
            send("PUT", conversation(target) + "/read", "{\"seq\":%d}".formatted(target.seq()), user());
        } else if (chance < 94) {
            send(
                    random.nextBoolean() ? "PUT" : "DELETE",
                    conversation(target) + "/members/guest" + random.nextInt(GUESTS),
                    null,
                    RestClient.POSTER);
        } else {
            send("PATCH", conversation(target), "{\"title\":\"title %d\"}".formatted(made.get()), RestClient.POSTER);
        }
    }

    boolean allAnswered() {
        return unanswered.get() == 0;
    }

    /** Answers that no change may get: a 503 has to say when to try again, and nothing else is the server's fault. */
    Set<String> oddAnswers() {
        return oddAnswers;
    }

    private String user() {
        return random.nextBoolean() ? RestClient.POSTER : RestClient.LISTENER;
    }

    private static String message(Target target) {
        return "/messages/" + target.message();
    }

    private static String conversation(Target target) {
        return "/conversations/" + target.conversation();
    }

    private void send(String method, String path, @Nullable String body, String user) {
        made.incrementAndGet();
        unanswered.incrementAndGet();
        var unused = rest.change(method, path, body, user).whenComplete((answer, failure) -> {
            if (answer != null && !isExpected(answer)) {
                oddAnswers.add("%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
            }
            unanswered.decrementAndGet();
        });
    }

    private static boolean isExpected(HttpResponse<String> answer) {
        return EXPECTED.contains(answer.statusCode())
                || (answer.statusCode() == 503
                        && answer.headers().firstValue("Retry-After").isPresent());
    }
}
