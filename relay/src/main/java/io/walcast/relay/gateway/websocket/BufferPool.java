package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.IntFunction;

/**
 * Buffers for as long as one thread reads or writes: none belongs to a connection, nor to a thread, of which there may be
 * many virtual ones. Thread-safe.
 */
final class BufferPool {

    /** More than threads run at a time on most machines. */
    private static final int KEPT = 32;

    private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);
    private final IntFunction<ByteBuffer> allocator;
    private final int size;

    BufferPool(IntFunction<ByteBuffer> allocator, int size) {
        this.allocator = allocator;
        this.size = size;
    }

    /** An empty buffer, to be given back. */
    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? allocator.apply(size) : buffer.clear();
    }

    void give(ByteBuffer buffer) {
        var unused = free.offer(buffer);
    }
}
