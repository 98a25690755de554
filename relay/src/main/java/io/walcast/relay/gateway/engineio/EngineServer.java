package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Newcomers;
import io.walcast.relay.gateway.websocket.WebSocketListener;
import io.walcast.relay.gateway.websocket.WebSocketUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.web.HttpRequestHandler;

/**
 * Engine.IO v4 over HTTP: opens sessions, finds those that exist, and passes polls, posts and WebSockets to them.
 *
 * <p>Thread-safe. All sessions share one timer thread; {@link #close} ends them.
 */
public final class EngineServer implements HttpRequestHandler, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineServer.class);

    private static final String PROTOCOL_VERSION = "4";

    /** Time in which a long-polling client may fetch how its session ended. */
    private static final long LINGER_SECONDS = 5;

    private final EngineSettings settings;
    private final EngineApplication application;
    private final WebSocketUpgrade webSockets;
    private final ScheduledThreadPoolExecutor timer;
    private final PollingRequests polling;
    private final RandomIds ids = new RandomIds();
    private final Map<String, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Semaphore free;
    private final Newcomers<EngineSession> newcomers;
    private volatile boolean closing;
    private volatile boolean suspended;

    public EngineServer(EngineSettings settings, EngineApplication application, WebSocketUpgrade webSockets) {
        this.settings = settings;
        this.application = application;
        this.webSockets = webSockets;
        this.free = new Semaphore(settings.maxConnections());
        this.newcomers = new Newcomers<>(settings.maxConnections(), session -> session.close(CloseCause.CROWDED_OUT));
        var threads = new CustomizableThreadFactory("engineio-timer-");
        threads.setDaemon(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads, new DiscardPolicy());
        this.timer.setRemoveOnCancelPolicy(true);
        this.timer.prestartAllCoreThreads();
        this.polling = new PollingRequests(webSockets.unfinished(), timer, this::forget);
    }

    /** Clients that have a session. */
    public int connections() {
        return settings.maxConnections() - free.availablePermits();
    }

    /** The thread of all sessions, also for the application: its tasks must not block. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!webSockets.admit(request, response)) {
            return;
        }
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        CrossOrigin.allow(request, response);
        if (CrossOrigin.isPreflight(request)) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        HandshakeError error = serve(request, response);
        if (error != null) {
            error.answer(response);
        }
    }

    /**
     * Takes no new clients and ends those of long-polling, whose waiting requests would hold up a container that lets
     * requests end before it stops.
     */
    public void endPolling() {
        closing = true;
        sessions.values().stream()
                .filter(session -> session.transport() instanceof PollingTransport)
                .forEach(session -> session.close(CloseCause.SHUTDOWN));
    }

    /** Ends every session, and takes no new clients until {@link #resume()}. */
    public void suspend() {
        suspended = true;
        endSessions();
    }

    /** Takes clients again after {@link #suspend()}. */
    public void resume() {
        suspended = false;
    }

    /** Takes no new clients and ends every session. */
    @Override
    public void close() {
        closing = true;
        endSessions();
        timer.shutdownNow();
    }

    private void endSessions() {
        sessions.values().forEach(session -> session.close(CloseCause.SHUTDOWN));
    }

    private boolean takesNone() {
        return closing || suspended;
    }

    private @Nullable HandshakeError serve(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Map<String, String> query;
        try {
            query = QueryString.parse(request.getQueryString());
        } catch (IllegalArgumentException e) {
            return HandshakeError.BAD_REQUEST;
        }
        String transport = query.getOrDefault("transport", "");
        boolean webSocket = transport.equals("websocket");
        if (!webSocket && !transport.equals("polling")) {
            return HandshakeError.TRANSPORT_UNKNOWN;
        }
        if (!PROTOCOL_VERSION.equals(query.get("EIO"))) {
            return HandshakeError.UNSUPPORTED_PROTOCOL_VERSION;
        }
        String sid = query.get("sid");
        if (sid == null && !request.getMethod().equals("GET")) {
            return HandshakeError.BAD_HANDSHAKE_METHOD;
        }
        if (webSocket != WebSocketUpgrade.isUpgrade(request)) {
            return HandshakeError.BAD_REQUEST;
        }
        if (sid == null) {
            begin(request, response, Handshake.of(request, query), webSocket);
            return null;
        }
        EngineSession session = sessions.get(sid);
        if (session == null) {
            return HandshakeError.SESSION_ID_UNKNOWN;
        }
        return webSocket ? upgrade(session, request, response) : polling.serve(session, request, response);
    }

    private void begin(HttpServletRequest request, HttpServletResponse response, Handshake handshake, boolean webSocket)
            throws ServletException, IOException {
        // A WebSocket is counted when it is open: of one whose client is gone by then nobody hears again.
        if (takesNone() || (webSocket ? !hasSeat() : !takeSeat())) {
            LOG.debug("Refused a client: {} are connected", connections());
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        if (webSocket) {
            accept(request, response, new DirectWebSocket(transport -> startIfFree(transport, handshake)), () -> {});
            return;
        }
        var transport = new PollingTransport(settings.pollingBufferSize(), webSockets.budget());
        start(transport, handshake);
        transport.receive(new Poll(request, response));
    }

    private boolean hasSeat() {
        return free.availablePermits() > 0 || newcomers.makeRoom();
    }

    private boolean takeSeat() {
        return free.tryAcquire() || (newcomers.makeRoom() && free.tryAcquire());
    }

    /** Many may have been let in at the same moment: null for one too many. */
    private @Nullable EngineSession startIfFree(EngineTransport transport, Handshake handshake) {
        if (!takeSeat()) {
            transport.close(CloseCause.SHUTDOWN);
            return null;
        }
        return start(transport, handshake);
    }

    private EngineSession start(EngineTransport transport, Handshake handshake) {
        var session = new EngineSession(
                ids.next(), handshake, transport, settings, timer, webSockets.unfinished(), newcomers, this::ended);
        sessions.put(session.id(), session);
        session.open(application);
        if (takesNone()) {
            session.close(CloseCause.SHUTDOWN);
        }
        return session;
    }

    private void ended(EngineSession session) {
        if (session.wasTooSlow()) {
            webSockets.budget().countSlow();
        }
        if (session.transport() instanceof PollingTransport ended && !ended.isOver()) {
            timer.schedule(() -> forget(session), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            forget(session);
        }
    }

    private void forget(EngineSession session) {
        if (sessions.remove(session.id(), session)) {
            if (session.transport() instanceof PollingTransport ended) {
                ended.forget();
            }
            free.release();
        }
    }

    private @Nullable HandshakeError upgrade(
            EngineSession session, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (session.transport() instanceof PollingTransport former && former.startUpgrade()) {
            var listener = new UpgradingWebSocket(
                    session, former, timer, settings.upgradeTimeout().toNanos());
            accept(request, response, listener, former::abandonUpgrade);
        } else {
            accept(request, response, new RefusedWebSocket(), () -> {});
        }
        return null;
    }

    private void accept(
            HttpServletRequest request, HttpServletResponse response, WebSocketListener listener, Runnable onFailure)
            throws ServletException, IOException {
        boolean accepted = false;
        try {
            accepted = webSockets.accept(request, response, listener);
        } finally {
            if (!accepted) {
                onFailure.run();
            }
        }
    }
}
