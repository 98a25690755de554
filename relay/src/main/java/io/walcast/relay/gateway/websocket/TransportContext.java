package io.walcast.relay.gateway.websocket;

import io.walcast.identity.ByteBudget;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Settings, budgets and threads that all WebSocket connections share. Thread-safe.
 *
 * @param budget the budget of bytes that wait to be sent
 * @param unfinished the budget of bytes of messages of which only a part has been received
 * @param open connections whose close is not complete
 */
record TransportContext(
        TransportSettings settings,
        TransportThreads threads,
        SendBudget budget,
        ByteBudget unfinished,
        BufferPool readBuffers,
        BufferPool writeBuffers,
        Set<QueuedConnection> open) {

    private static final int READ_BYTES = 8 << 10;

    /** Most bytes of one write. */
    private static final int WRITE_BYTES = 64 << 10;

    TransportContext(TransportSettings settings) {
        this(
                settings,
                new TransportThreads(settings),
                new SendBudget(settings.totalQueueSize().toBytes()),
                new ByteBudget(settings.totalUnfinishedSize().toBytes()),
                new BufferPool(ByteBuffer::allocate, READ_BYTES),
                new BufferPool(ByteBuffer::allocateDirect, WRITE_BYTES),
                ConcurrentHashMap.newKeySet());
    }
}
