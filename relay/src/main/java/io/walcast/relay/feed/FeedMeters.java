package io.walcast.relay.feed;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.relay.feed.FeedResult.HistoryChanged;
import io.walcast.relay.feed.FeedResult.LimitExceeded;
import io.walcast.relay.feed.FeedResult.Malformed;
import io.walcast.relay.feed.FeedResult.Opened;
import io.walcast.relay.feed.FeedResult.Superseded;
import io.walcast.relay.feed.FeedResult.Unavailable;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The meters of the feeds. Thread-safe. */
@Component
class FeedMeters {

    private static final Map<Class<? extends FeedResult>, String> RESULTS = Map.of(
            Opened.class, "opened",
            Malformed.class, "malformed",
            HistoryChanged.class, "history_changed",
            LimitExceeded.class, "limit_exceeded",
            Unavailable.class, "unavailable",
            Superseded.class, "superseded");

    private final MeterRegistry meters;

    FeedMeters(MeterRegistry meters) {
        this.meters = meters;
        // All results are registered at once: a rate needs a zero to start from.
        RESULTS.values().forEach(this::opens);
    }

    void count(Map<?, ?> followers, FollowedConversations conversations) {
        Gauge.builder("walcast.feed.followers", followers, Map::size)
                .description("Connections whose feed is open")
                .register(meters);
        Gauge.builder("walcast.feed.conversations", conversations, FollowedConversations::size)
                .description("Different conversations that connected users follow")
                .register(meters);
        Gauge.builder("walcast.feed.followed", conversations, FollowedConversations::followed)
                .description("Conversations that connected users follow, each counted once for each user")
                .register(meters);
        Gauge.builder("walcast.feed.budget", conversations, FollowedConversations::budget)
                .description("Limit of the conversations that are followed: a feed that would exceed it is refused")
                .register(meters);
    }

    void opened(FeedResult result) {
        opens(RESULTS.getOrDefault(result.getClass(), "other")).increment();
    }

    private Counter opens(String result) {
        return Counter.builder("walcast.feed.opens")
                .tag("result", result)
                .description("Requests to open a feed, by result")
                .register(meters);
    }
}
