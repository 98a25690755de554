package io.walcast.relay.wal;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A socket over a channel and a selector, so that a read that waits can be ended without harm to the connection.
 *
 * <p>A read with a time limit of 1 ms is the driver's look for what is pending ({@code PGStream.hasMessagePending}). All
 * other reads wait as long as they are told to. For one reader and one writer at a time.
 */
final class WalSocketImpl extends SocketImpl {

    private static final int LOOK_MILLIS = 1;

    private final WalWait wait;
    private final SocketChannel channel;
    private final Selector readable;
    private volatile int timeoutMillis;

    WalSocketImpl(WalWait wait) throws IOException {
        this.wait = wait;
        this.channel = SocketChannel.open();
        this.readable = Selector.open();
    }

    void wakeUp() {
        readable.wakeup();
    }

    @Override
    protected void create(boolean stream) {}

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(SocketAddress to, int timeout) throws IOException {
        channel.socket().connect(to, timeout);
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        if (to instanceof InetSocketAddress inet) {
            address = inet.getAddress();
            port = inet.getPort();
        }
        localport = channel.socket().getLocalPort();
    }

    private int read(byte[] bytes, int from, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, from, length);
        boolean looking = timeoutMillis == LOOK_MILLIS;
        long limit = looking ? wait.patience().toNanos() : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        long begin = System.nanoTime();
        while (true) {
            int count = channel.read(buffer);
            if (count != 0) {
                return count;
            }
            long left = limit - (System.nanoTime() - begin);
            if (looking && wait.isSuspended() || timeoutMillis > 0 && left <= 0) {
                throw new SocketTimeoutException("nothing came");
            }
            // Rounded up: 0 would be for ever.
            readable.select(timeoutMillis == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1);
            readable.selectedKeys().clear();
        }
    }

    private void write(byte[] bytes, int from, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, from, length);
        channel.write(buffer);
        if (buffer.hasRemaining()) {
            // What the driver sends here is short: seldom is there no room for it.
            try (var writable = Selector.open()) {
                channel.register(writable, SelectionKey.OP_WRITE);
                while (buffer.hasRemaining()) {
                    writable.select();
                    writable.selectedKeys().clear();
                    channel.write(buffer);
                }
            }
        }
    }

    @Override
    protected InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return length == 0 ? 0 : WalSocketImpl.this.read(bytes, from, length);
            }
        };
    }

    @Override
    protected OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                WalSocketImpl.this.write(bytes, from, length);
            }
        };
    }

    @Override
    protected int available() {
        return 0; // not known
    }

    @Override
    protected void close() throws IOException {
        readable.close();
        channel.close();
    }

    @Override
    protected void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        try {
            switch (option) {
                case SocketOptions.SO_TIMEOUT -> timeoutMillis = (Integer) value;
                case SocketOptions.TCP_NODELAY -> channel.setOption(StandardSocketOptions.TCP_NODELAY, (Boolean) value);
                case SocketOptions.SO_KEEPALIVE ->
                    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, (Boolean) value);
                case SocketOptions.SO_RCVBUF -> channel.setOption(StandardSocketOptions.SO_RCVBUF, (Integer) value);
                case SocketOptions.SO_SNDBUF -> channel.setOption(StandardSocketOptions.SO_SNDBUF, (Integer) value);
                default -> throw new SocketException("option " + option + " is not of use here");
            }
        } catch (SocketException e) {
            throw e;
        } catch (IOException e) {
            throw (SocketException) new SocketException(e.getMessage()).initCause(e);
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        try {
            return switch (option) {
                case SocketOptions.SO_TIMEOUT -> timeoutMillis;
                case SocketOptions.TCP_NODELAY -> channel.getOption(StandardSocketOptions.TCP_NODELAY);
                case SocketOptions.SO_KEEPALIVE -> channel.getOption(StandardSocketOptions.SO_KEEPALIVE);
                case SocketOptions.SO_RCVBUF -> channel.getOption(StandardSocketOptions.SO_RCVBUF);
                case SocketOptions.SO_SNDBUF -> channel.getOption(StandardSocketOptions.SO_SNDBUF);
                case SocketOptions.SO_BINDADDR -> channel.socket().getLocalAddress();
                default -> throw new SocketException("option " + option + " is not of use here");
            };
        } catch (SocketException e) {
            throw e;
        } catch (IOException e) {
            throw (SocketException) new SocketException(e.getMessage()).initCause(e);
        }
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        channel.bind(new InetSocketAddress(host, port));
    }

    @Override
    protected void listen(int backlog) {
        throw new UnsupportedOperationException("a client's socket");
    }

    @Override
    protected void accept(SocketImpl impl) {
        throw new UnsupportedOperationException("a client's socket");
    }

    @Override
    protected void sendUrgentData(int data) {
        throw new UnsupportedOperationException("PostgreSQL knows no urgent data");
    }

    @Override
    protected FileDescriptor getFileDescriptor() {
        throw new UnsupportedOperationException("a channel has none to give away");
    }
}
