package io.walcast.relay.gateway.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialCallsTest {

    private final AtomicInteger defects = new AtomicInteger();
    private final SerialCalls calls = new SerialCalls(defects::incrementAndGet);

    @Test
    void makesACallFromWithinACallAfterIt() {
        var order = new ArrayList<String>();
        calls.run(() -> {
            calls.run(() -> order.add("inner"));
            order.add("outer");
        });
        assertThat(order).containsExactly("outer", "inner");
    }

    @Test
    void goesOnAfterADefect() {
        var made = new AtomicInteger();
        calls.run(() -> {
            calls.run(made::incrementAndGet);
            throw new IllegalStateException("a defect, on purpose");
        });
        calls.run(made::incrementAndGet);
        assertThat(made).hasValue(2);
        assertThat(defects).hasValue(1);
    }

    @Test
    void neverMakesTwoCallsAtATimeAndLosesNone() throws InterruptedException {
        int threads = 4;
        int each = 10_000;
        var inside = new AtomicInteger();
        var overlaps = new AtomicInteger();
        var made = new CountDownLatch(threads * each);
        List<List<Integer>> seen = IntStream.range(0, threads)
                .mapToObj(i -> (List<Integer>) new ArrayList<Integer>())
                .toList();
        List<Thread> callers = IntStream.range(0, threads)
                .mapToObj(thread -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        int number = i;
                        calls.run(() -> {
                            if (inside.incrementAndGet() != 1) {
                                overlaps.incrementAndGet();
                            }
                            seen.get(thread).add(number);
                            inside.decrementAndGet();
                            made.countDown();
                        });
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        made.await();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(overlaps).hasValue(0);
        assertThat(seen).allSatisfy(numbers -> assertThat(numbers).isSorted().hasSize(each));
    }
}
