package io.walcast.relay.gateway.socketio;

import io.walcast.identity.ByteBudget;
import io.walcast.relay.gateway.engineio.EngineServer;
import io.walcast.relay.gateway.engineio.EngineSession;
import io.walcast.relay.gateway.engineio.RandomIds;
import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.gateway.websocket.WebSocketUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.web.HttpRequestHandler;

/**
 * A Socket.IO v5 server for one application. Mount it at {@code /socket.io/}, for every method, in a container that
 * allows asynchronous requests.
 *
 * <p>Thread-safe. {@link #close} takes no new clients and disconnects every client in a way that lets it reconnect by
 * itself, to another server or to the next life of this one.
 */
public final class SocketIoServer implements HttpRequestHandler, ClientFormat, AutoCloseable {

    private final SocketIoSettings settings;
    private final SocketIoApplication application;
    private final EngineServer engine;
    private final ByteBudget incoming;
    private final RandomIds ids = new RandomIds();

    /** By id; kept only for recovery, which must disconnect what is left of the client's former connection. */
    private final Map<String, Socket> sockets = new ConcurrentHashMap<>();

    public SocketIoServer(SocketIoSettings settings, SocketIoApplication application, WebSocketUpgrade webSockets) {
        this.settings = settings;
        this.application = application;
        this.incoming = webSockets.unfinished();
        this.engine = new EngineServer(settings.engine(), session -> new Namespaces(session, this), webSockets);
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        engine.handleRequest(request, response);
    }

    @Override
    public String protocol() {
        return "socketio";
    }

    /** Of both transports, in a namespace or not. */
    @Override
    public int connections() {
        return engine.connections();
    }

    /** Disconnects the clients that use long-polling. */
    @Override
    public void refuseNew() {
        engine.endPolling();
    }

    @Override
    public void suspend() {
        engine.suspend();
    }

    @Override
    public void resume() {
        engine.resume();
    }

    @Override
    public void close() {
        engine.close();
    }

    SocketIoSettings settings() {
        return settings;
    }

    SocketIoApplication application() {
        return application;
    }

    /** What all clients together may hold here of what they send. */
    ByteBudget incoming() {
        return incoming;
    }

    ScheduledExecutorService timer() {
        return engine.timer();
    }

    Socket newSocket(EngineSession session, Namespaces namespaces, Packet.Connect connect) {
        String privateId = settings.recovery() ? ids.next() : null;
        String id = privateId == null ? ids.next() : RandomIds.publicId(privateId);
        @Nullable Recovery recovery = settings.recovery() ? Recovery.in(connect.auth()) : null;
        return new Socket(session, namespaces, connect.namespace(), id, privateId, recovery);
    }

    void joined(Socket socket) {
        if (settings.recovery()) {
            Socket former = sockets.put(socket.id(), socket);
            if (former != null) {
                former.disconnect(true);
            }
        }
    }

    void left(Socket socket) {
        if (settings.recovery()) {
            sockets.remove(socket.id(), socket);
        }
    }
}
