package io.walcast.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * A network that fails: forwards TCP connections to a port of this machine until it is told otherwise.
 *
 * <p><b>Lifecycle.</b> From {@link #to} to {@link #close()}. <b>Concurrency.</b> Thread-safe; two threads a connection.
 * <b>Error policy.</b> A side that breaks takes the other side with it.
 */
public final class FaultyProxy implements AutoCloseable {

    /** Small, so that a frozen connection backs up at once and not after megabytes. */
    private static final int BUFFER_BYTES = 16 * 1024;

    private static final int OPENING_BYTES = 512;

    private final IntSupplier targetPort;
    private final ServerSocket listening;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private boolean swallowing;

    private FaultyProxy(IntSupplier targetPort) {
        this.targetPort = targetPort;
        try {
            this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new proxy for that port, on a free port of its own. */
    public static FaultyProxy to(int targetPort) {
        return to(() -> targetPort);
    }

    /** A new proxy for the port that is asked for with each connection, on a free port of its own. */
    static FaultyProxy to(IntSupplier targetPort) {
        var proxy = new FaultyProxy(targetPort);
        startThread(proxy::accept);
        return proxy;
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Resets every connection: neither side gets a word of farewell. */
    public void cut() {
        links.forEach(Link::reset);
    }

    /** Resets every connection and refuses new ones until {@link #heal()}. */
    public void refuse() {
        refusing = true;
        cut();
    }

    /** Makes every present connection a black hole: it stays open, and nothing passes until {@link #heal()}. */
    public void freeze() {
        freeze(opening -> true);
    }

    /**
     * As {@link #freeze()}, for those connections only whose opening matches.
     *
     * @param which is given the first bytes that the client sent, as Latin-1
     * @return how many these are
     */
    public synchronized int freeze(Predicate<String> which) {
        var chosen = links.stream().filter(link -> which.test(link.opening)).toList();
        chosen.forEach(link -> link.frozen = true);
        return chosen.size();
    }

    /** As {@link #freeze()}, and a new connection is a black hole from its first byte. */
    public synchronized void blackOut() {
        swallowing = true;
        freeze();
    }

    /** Forwards again; what was held back by a freeze goes first. */
    public synchronized void heal() {
        refusing = false;
        swallowing = false;
        links.forEach(link -> link.frozen = false);
        notifyAll();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        refuse();
        heal();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                // Closed by the link.
                @SuppressWarnings("resource")
                var client = listening.accept();
                startThread(() -> connect(client));
            } catch (IOException e) {
                // Closed, which the loop sees.
            }
        }
    }

    private void connect(Socket client) {
        var link = new Link(client, new Socket());
        add(link);
        if (refusing) {
            link.reset();
            return;
        }
        link.forward();
    }

    private synchronized void add(Link link) {
        link.frozen = swallowing;
        links.add(link);
    }

    private synchronized void awaitThaw(Link link) throws InterruptedException {
        while (link.frozen) {
            wait();
        }
    }

    private static void startThread(Runnable task) {
        var thread = new Thread(task, "faulty-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection and its continuation to the target. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private volatile String opening = "";
        private volatile boolean frozen;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void forward() {
            try {
                server.setReceiveBufferSize(BUFFER_BYTES);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort.getAsInt()));
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
            } catch (IOException e) {
                reset();
                return;
            }
            startThread(() -> pump(server, client, false));
            pump(client, server, true);
        }

        private void pump(Socket from, Socket to, boolean fromClient) {
            try {
                forward(from, to, fromClient);
            } catch (IOException e) {
                resetWhenThawed();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reset();
            }
        }

        private void forward(Socket from, Socket to, boolean fromClient) throws IOException, InterruptedException {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            var buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (fromClient && opening.length() < OPENING_BYTES) {
                    opening += new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
                }
                awaitThaw(this);
                out.write(buffer, 0, read);
            }
            awaitThaw(this);
            to.shutdownOutput();
        }

        /** A black hole swallows the end of a connection too. */
        private void resetWhenThawed() {
            try {
                awaitThaw(this);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            reset();
        }

        void reset() {
            links.remove(this);
            reset(client);
            reset(server);
        }

        private static void reset(Socket socket) {
            try (socket) {
                // No linger: the other side gets a reset and no end of the stream.
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // Closed before: there is nothing left to reset.
            }
        }
    }
}
