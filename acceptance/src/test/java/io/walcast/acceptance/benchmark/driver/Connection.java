package io.walcast.acceptance.benchmark.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One TCP connection; a subclass says what its bytes mean. */
abstract class Connection {

    private static final byte[] NOTHING = {};

    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;

    /** The beginning of something of which the rest has not come. */
    private byte[] rest = NOTHING;

    private @Nullable ByteBuffer unsent;

    void opened(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
        opened();
    }

    /** The connection can be written to. */
    abstract void opened();

    /**
     * Handles what is complete.
     *
     * @return how many of the bytes were used
     */
    abstract int received(byte[] bytes, int from, int to);

    /** The other side has ended the connection. */
    abstract void ended();

    final void read(ByteBuffer buffer) {
        buffer.clear();
        buffer.put(rest);
        int count = readInto(buffer);
        if (count < 0) {
            close();
            ended();
            return;
        }
        int to = buffer.position();
        int used = received(buffer.array(), 0, to);
        rest = used == to ? NOTHING : Arrays.copyOfRange(buffer.array(), used, to);
    }

    private int readInto(ByteBuffer buffer) {
        try {
            return channel().read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }

    final void send(ByteBuffer bytes) {
        if (unsent != null) {
            var both = ByteBuffer.allocate(unsent.remaining() + bytes.remaining());
            unsent = both.put(unsent).put(bytes).flip();
            return;
        }
        unsent = bytes;
        flush();
    }

    final void flush() {
        if (unsent == null || key == null || !key.isValid()) {
            return;
        }
        try {
            channel().write(unsent);
        } catch (IOException e) {
            close();
            ended();
            return;
        }
        if (unsent.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } else {
            unsent = null;
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    final void close() {
        try {
            channel().close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket could not be closed", e);
        }
    }

    private SocketChannel channel() {
        if (channel == null) {
            throw new IllegalStateException("not connected");
        }
        return channel;
    }
}
