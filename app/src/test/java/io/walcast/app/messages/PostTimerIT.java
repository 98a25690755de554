package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The dashboard asks for this timer. */
@RestTest
class PostTimerIT {

    @Autowired
    private RestClient rest;

    @Autowired
    private MeterRegistry meters;

    @Test
    void timesEachPost() {
        var posts = meters.get("walcast.posts").timer();
        long before = posts.count();
        rest.say(rest.conversation("u1"), "u1", "hi");
        assertThat(posts.count()).isEqualTo(before + 1);
        assertThat(posts.totalTime(TimeUnit.NANOSECONDS)).isPositive();
    }
}
