package io.walcast.relay.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LifecycleThreadTest {

    @Test
    void workThatFailsIsStartedAgain() throws InterruptedException {
        var work = new Work(3);
        work.start();

        assertThat(work.well.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(work.lives).hasValue(4);
        assertThat(work.isRunning()).isTrue();
        work.stop();
        assertThat(work.isRunning()).isFalse();
        assertThat(work.lives).hasValue(4);
    }

    @Test
    void workThatAlwaysFailsCanBeStopped() throws InterruptedException {
        var work = new Work(Integer.MAX_VALUE);
        work.start();
        assertThat(work.failedTwice.await(30, TimeUnit.SECONDS)).isTrue();

        work.stop();
        int lives = work.lives.get();
        assertThat(work.isRunning()).isFalse();
        assertThat(work.lives).hasValue(lives);
    }

    private static final class Work extends LifecycleThread {

        private final int failures;
        private final AtomicInteger lives = new AtomicInteger();
        private final CountDownLatch failedTwice = new CountDownLatch(2);
        private final CountDownLatch well = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);

        Work(int failures) {
            super("work", 0);
            this.failures = failures;
        }

        @Override
        protected void run() {
            int life = lives.incrementAndGet();
            if (life <= failures) {
                failedTwice.countDown();
                if (life % 2 == 0) {
                    throw new IllegalStateException("on purpose");
                }
                throw new StackOverflowError("on purpose");
            }
            well.countDown();
            while (!stopping()) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // only stop() interrupts
                }
            }
        }
    }
}
