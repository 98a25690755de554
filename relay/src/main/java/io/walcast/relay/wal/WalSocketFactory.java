package io.walcast.relay.wal;

import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Creates the sockets of an engine's connections. Public, because the driver creates it by its class name. */
public final class WalSocketFactory extends SocketFactory {

    private final WalWait wait;

    /**
     * Called by the driver.
     *
     * @param waitId the id of the {@link WalWait} of the engine
     */
    public WalSocketFactory(String waitId) {
        WalWait found = WalWait.find(waitId);
        if (found == null) {
            throw new IllegalStateException("the engine of this connection has ended");
        }
        this.wait = found;
    }

    @Override
    public Socket createSocket() {
        var socket = new WalSocket(wait);
        wait.add(socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("the driver connects by itself");
    }
}
