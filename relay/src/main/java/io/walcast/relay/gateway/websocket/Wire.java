package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The byte channel of one of Tomcat's connections after the upgrade, with TLS or without. No method waits for
 * the network.
 *
 * <p>Without TLS, one thread may read while another one writes. With TLS, a read and a write exclude each other. Tomcat
 * reuses its channels for other connections, so neither thread may continue once the channel is closed.
 */
final class Wire {

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    private final SocketWrapperBase<?> socket;
    private volatile boolean closing;
    private boolean closed;

    /** @throws IllegalStateException if the connector is not Tomcat's default, NIO */
    Wire(SocketWrapperBase<?> socket) {
        if (!(socket.getSocket() instanceof NioChannel)) {
            throw new IllegalStateException("WebSockets need Tomcat's NIO connector");
        }
        this.socket = socket;
    }

    /** @return the number of bytes read: 0 if there are none now, -1 if the client has ended the connection */
    int read(ByteBuffer target) throws IOException {
        if (closing) {
            return -1;
        }
        return socket.getSocket() instanceof SecureNioChannel ? readSecurely(target) : socket.read(false, target);
    }

    /** A read may write: the answer to a key update of TLS 1.3 (RFC 8446, section 4.6.3) shares the writer's buffer. */
    private synchronized int readSecurely(ByteBuffer target) throws IOException {
        return closed ? -1 : socket.read(false, target);
    }

    /**
     * Writes as much as the network takes.
     *
     * @return whether all bytes have left; if not, call {@link #awaitWritable} and continue when the container reports
     *     it
     */
    synchronized boolean write(ByteBuffer source) throws IOException {
        if (closed || !(socket.getSocket() instanceof NioChannel channel)) {
            throw new ClosedChannelException();
        }
        // Tomcat may still hold the end of a TLS record.
        while (!socket.flush(false)) {
            if (!source.hasRemaining()) {
                return true;
            }
            if (channel.write(source) <= 0) {
                return false;
            }
        }
        return false;
    }

    /** Asks the container to report when {@link #write} can continue. */
    void awaitWritable() {
        socket.registerWriteInterest();
    }

    /** Null once the channel is closed. */
    @Nullable
    InetSocketAddress localAddress() {
        return address(channel -> channel.getIOChannel().getLocalAddress());
    }

    /** The client's, or that of a proxy in front of it. Null once the channel is closed. */
    @Nullable
    InetSocketAddress remoteAddress() {
        return address(channel -> channel.getIOChannel().getRemoteAddress());
    }

    private synchronized @Nullable InetSocketAddress address(Lookup lookup) {
        if (closed || !(socket.getSocket() instanceof NioChannel channel)) {
            return null;
        }
        try {
            return lookup.of(channel) instanceof InetSocketAddress known ? known : null;
        } catch (IOException e) {
            LOG.debug("The channel was closed already", e);
            return null;
        }
    }

    private interface Lookup {

        @Nullable
        SocketAddress of(NioChannel channel) throws IOException;
    }

    /** Closes the output; the input is still read. */
    synchronized void endOutput() {
        if (closed || !(socket.getSocket() instanceof NioChannel channel)) {
            return;
        }
        try {
            channel.getIOChannel().shutdownOutput();
        } catch (IOException e) {
            LOG.debug("The client was gone already", e);
        }
    }

    void close() {
        // The container holds this lock while we read for it. The flag ends that reading, which a client that never
        // pauses would prolong without end.
        closing = true;
        socket.getLock().lock();
        try {
            closeChannel();
        } finally {
            socket.getLock().unlock();
        }
    }

    private synchronized void closeChannel() {
        if (!closed) {
            closed = true;
            socket.close();
        }
    }
}
