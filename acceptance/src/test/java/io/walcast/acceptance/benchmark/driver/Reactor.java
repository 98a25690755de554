package io.walcast.acceptance.benchmark.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that reads and writes all connections of the driver.
 *
 * <p><b>Lifecycle.</b> From its creation to {@link #close()}, which closes all connections. <b>Concurrency.</b> {@link
 * #execute} may be called from anywhere. <b>Error policy.</b> A connection that breaks is closed and told so; an error of
 * the driver itself ends the thread and fails the threads that wait on it.
 */
public final class Reactor implements AutoCloseable {

    private static final int READ_BUFFER = 1 << 18;

    private final Selector selector;
    private final ByteBuffer incoming = ByteBuffer.allocate(READ_BUFFER);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "driver");
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    public Reactor() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs the task on the reactor's thread, soon. */
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Opens a connection to a port of loopback. */
    void connect(int port, Connection connection) {
        try {
            var channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.configureBlocking(false);
            connection.opened(channel, channel.register(selector, SelectionKey.OP_READ, connection));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Consumer<SelectionKey> handler = this::handle;
        try (selector) {
            while (!closed) {
                selector.select(handler);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** Fails if the thread has. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("the load driver failed", failure);
        }
    }

    private void handle(SelectionKey key) {
        var connection = (Connection) key.attachment();
        if (key.isValid() && key.isReadable()) {
            connection.read(incoming);
        }
        if (key.isValid() && key.isWritable()) {
            connection.flush();
        }
    }
}
