package io.walcast.relay.gateway.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of one connection, as Tomcat has it after the upgrade, with TLS or without. Nothing here waits.
 *
 * <p>One thread may read while another one writes. Tomcat uses its channels again for other connections, so neither may
 * continue once the channel is closed.
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

    /** @return how many bytes were read: 0 if there are none now, -1 if the other side has ended the connection */
    int read(ByteBuffer target) throws IOException {
        return closing ? -1 : socket.read(false, target);
    }

    /**
     * Writes as much as the network takes.
     *
     * @return whether all has left; if not, {@link #awaitWritable} tells when to continue
     */
    synchronized boolean write(ByteBuffer source) throws IOException {
        if (closed || !(socket.getSocket() instanceof NioChannel channel)) {
            throw new ClosedChannelException();
        }
        // What may be left in Tomcat's hands is the end of a TLS record.
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

    /** Has the container tell when {@link #write} can continue. */
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

    /** Tells the other side that nothing more will come, and still reads. */
    synchronized void endOutput() {
        if (closed || !(socket.getSocket() instanceof NioChannel channel)) {
            return;
        }
        try {
            channel.getIOChannel().shutdownOutput();
        } catch (IOException e) {
            LOG.debug("The other side was gone already", e);
        }
    }

    void close() {
        // The container holds this lock while it has us read. The flag ends that reading: a client that never pauses
        // would make it last for ever.
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
