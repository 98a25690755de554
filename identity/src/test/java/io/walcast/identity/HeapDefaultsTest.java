package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapDefaultsTest {

    private static final long MEGABYTE = 1024 * 1024;

    @Test
    void areSharesOfASmallHeap() {
        assertThat(HeapDefaults.of(384 * MEGABYTE))
                .containsEntry("walcast.gateway.transport.total-queue-size", 64 * MEGABYTE + "B")
                .containsEntry("walcast.gateway.transport.total-unfinished-size", 24 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-answer-size", 16 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-body-size", 16 * MEGABYTE + "B")
                .containsEntry("server.tomcat.max-connections", 5_461L);
    }

    @Test
    void haveALimitInALargeOne() {
        assertThat(HeapDefaults.of(8_192 * MEGABYTE))
                .containsEntry("walcast.gateway.transport.total-queue-size", 128 * MEGABYTE + "B")
                .containsEntry("walcast.gateway.transport.total-unfinished-size", 32 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-answer-size", 32 * MEGABYTE + "B")
                .containsEntry("walcast.limits.memory.total-body-size", 32 * MEGABYTE + "B")
                .containsEntry("server.tomcat.max-connections", 50_000L);
    }
}
