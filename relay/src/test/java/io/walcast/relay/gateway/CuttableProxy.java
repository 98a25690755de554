package io.walcast.relay.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/** A network that a test can break: passes TCP connections on to a port of this machine until it is cut. */
final class CuttableProxy implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> sockets = new HashSet<>();
    private boolean cut;

    CuttableProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Resets all connections; new ones break at once. */
    synchronized void cut() {
        cut = true;
        sockets.forEach(CuttableProxy::reset);
        sockets.clear();
    }

    synchronized void restore() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                var upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                if (admit(client, upstream)) {
                    start(() -> pass(client, upstream));
                    start(() -> pass(upstream, client));
                } else {
                    closeQuietly(client);
                    closeQuietly(upstream);
                }
            }
        } catch (IOException e) {
            // the proxy was closed
        }
    }

    /** In one step, or a connection that comes while the network is cut could outlive it. */
    private synchronized boolean admit(Socket client, Socket upstream) {
        return !cut && sockets.add(client) && sockets.add(upstream);
    }

    private synchronized void forget(Socket client, Socket upstream) {
        sockets.remove(client);
        sockets.remove(upstream);
    }

    private void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one end has gone: so does the other
        }
        closeQuietly(from);
        closeQuietly(to);
        forget(from, to);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is closed
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    private static void start(Runnable task) {
        var thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
