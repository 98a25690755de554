package io.walcast.acceptance.benchmark;

import io.walcast.acceptance.benchmark.driver.Driver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * From the time of a message to its activity in the feed of a user, beside the message itself at another connection of
 * that user, at 200 posts a second to 100 conversations.
 */
final class FeedLatency {

    private static final int CONVERSATIONS = 100;
    private static final int RATE = 200;
    private static final int MOST_POSTS = 2_000_000;
    private static final String LISTENER = "listener";
    private static final String FOLLOWER = "follower";
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration WARM_UP = Duration.ofSeconds(40);

    /** Time from the server's clock to this one's, which is the same machine's, in us. Used by one thread at a time. */
    private static final class Arrivals {

        private final String event;
        private final String time;
        private Histogram micros = new Histogram(3);

        Arrivals(String event, String time) {
            this.event = "\"event\":\"" + event + "\"";
            this.time = "\"" + time + "\":";
        }

        synchronized void frame(String frame) {
            int at = frame.indexOf(time);
            if (at >= 0 && frame.contains(event)) {
                int begin = frame.indexOf('"', at + time.length()) + 1;
                var then = Instant.parse(frame.substring(begin, frame.indexOf('"', begin)));
                micros.recordValue(
                        Math.max(0, Duration.between(then, Instant.now()).toNanos() / 1000));
            }
        }

        synchronized Histogram reset() {
            var full = micros;
            micros = new Histogram(3);
            return full;
        }
    }

    private FeedLatency() {}

    static void measure(Setting setting, Report report) {
        setting.withWalcast("log_feed", Map.of(), walcast -> {
            var conversations = IntStream.range(0, CONVERSATIONS)
                    .mapToObj(i -> walcast.createConversation(List.of(Driver.poster(i), LISTENER, FOLLOWER)))
                    .toList();
            var activities = new Arrivals("conversation.activity", "updatedAt");
            var messages = new Arrivals("message.created", "createdAt");
            var joined = new CountDownLatch(CONVERSATIONS);
            var opened = new CountDownLatch(1);
            try (var driver = Driver.connect(walcast.port(), conversations, 1, n -> LISTENER, 32, MOST_POSTS);
                    var feed = new JsonSocket(walcast.port(), FOLLOWER, frame -> {
                        activities.frame(frame);
                        if (frame.contains("\"event\":\"feed.cursor\"")) {
                            opened.countDown();
                        }
                    });
                    var rooms = new JsonSocket(walcast.port(), FOLLOWER, frame -> {
                        messages.frame(frame);
                        if (frame.contains("\"event\":\"ack\"")) {
                            joined.countDown();
                        }
                    })) {
                feed.send("{\"id\":1,\"event\":\"feed.open\",\"data\":{}}");
                for (var conversation : conversations) {
                    rooms.send("{\"id\":1,\"event\":\"join.conversation\",\"data\":{\"conversationId\":\"%s\"}}"
                            .formatted(conversation));
                }
                feed.await(opened, LIMIT);
                rooms.await(joined, LIMIT);
                driver.postAt(RATE, WARM_UP);
                driver.awaitDelivered();
                activities.reset();
                messages.reset();
                driver.postAt(RATE, setting.duration());
                driver.awaitDelivered();
                driver.sleep(Duration.ofSeconds(1));
                add(report, "message.created", messages.reset());
                add(report, "conversation.activity", activities.reset());
            }
        });
    }

    private static void add(Report report, String event, Histogram micros) {
        var row = Report.row(event);
        row.put("events", micros.getTotalCount());
        row.put("p50 ms", micros.getValueAtPercentile(50) / 1e3);
        row.put("p99 ms", micros.getValueAtPercentile(99) / 1e3);
        row.put("max ms", micros.getMaxValue() / 1e3);
        report.add("From the message's time to one client, 200 posts/s to 100 conversations", row);
    }
}
