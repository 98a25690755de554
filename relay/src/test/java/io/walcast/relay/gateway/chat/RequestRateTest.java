package io.walcast.relay.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.gateway.chat.RequestRate.Verdict;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestRateTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RequestRate rate = new RequestRate(2, 5, 0);

    @Test
    void servesABurstAndThenTheRate() {
        expect(5, Verdict.SERVE, 0);
        expect(1, Verdict.REFUSE, 0);
        expect(1, Verdict.SERVE, SECOND);
        expect(1, Verdict.REFUSE, SECOND);
    }

    @Test
    void takesWhoNeverStopsForAFlood() {
        expect(5, Verdict.SERVE, 0);
        expect(4, Verdict.REFUSE, 0);
        expect(2, Verdict.FLOOD, 0);
    }

    @Test
    void forgetsWhatWasRefusedAfterARest() {
        expect(5, Verdict.SERVE, 0);
        expect(4, Verdict.REFUSE, 0);
        expect(5, Verdict.SERVE, 100 * SECOND);
        expect(1, Verdict.REFUSE, 100 * SECOND);
    }

    private void expect(int times, Verdict verdict, long now) {
        for (int i = 0; i < times; i++) {
            assertThat(rate.count(now)).isEqualTo(verdict);
        }
    }
}
