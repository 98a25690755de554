package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.IntFunction;

/**
 * Pool of buffers, each lent for one read or write. No connection owns a buffer, and no thread does, as there may be
 * many virtual ones. Thread-safe.
 */
final class BufferPool {

    /** More than the threads that run at a time on most machines. */
    private static final int KEPT = 32;

    private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);
    private final IntFunction<ByteBuffer> allocator;
    private final int size;

    BufferPool(IntFunction<ByteBuffer> allocator, int size) {
        this.allocator = allocator;
        this.size = size;
    }

    /** An empty buffer; the caller must give it back. */
    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? allocator.apply(size) : buffer.clear();
    }

    void give(ByteBuffer buffer) {
        var unused = free.offer(buffer);
    }
}
