package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.transport.WebSocketListener;
import io.walcast.relay.gateway.transport.WebSocketUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
final class EngineServer implements HttpRequestHandler, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EngineServer.class);

    private static final String PROTOCOL_VERSION = "4";

    /** Time in which the last packet of an upgrade may be on its way, on another connection than the poll. */
    private static final long HOLD_MILLIS = 25;

    /** Time in which a long-polling client may fetch how its session ended. */
    private static final long LINGER_SECONDS = 5;

    private final SocketIoSettings settings;
    private final EngineApplication application;
    private final WebSocketUpgrade webSockets;
    private final ScheduledThreadPoolExecutor timer;
    private final RandomIds ids = new RandomIds();
    private final Map<String, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Semaphore free;

    EngineServer(SocketIoSettings settings, EngineApplication application, WebSocketUpgrade webSockets) {
        this.settings = settings;
        this.application = application;
        this.webSockets = webSockets;
        this.free = new Semaphore(settings.maxConnections());
        var threads = new CustomizableThreadFactory("socketio-timer-");
        threads.setDaemon(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads, new DiscardPolicy());
        this.timer.setRemoveOnCancelPolicy(true);
        this.timer.prestartAllCoreThreads();
    }

    int connections() {
        return settings.maxConnections() - free.availablePermits();
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!webSockets.admit(request, response)) {
            return;
        }
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        allowCrossOrigin(request, response);
        if (request.getMethod().equals("OPTIONS")) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        HandshakeError error = serve(request, response);
        if (error != null) {
            error.answer(response);
        }
    }

    /** Ends every session. */
    @Override
    public void close() {
        sessions.values().forEach(session -> session.close(CloseCause.SHUTDOWN));
        timer.shutdownNow();
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
        return webSocket ? upgrade(session, request, response) : poll(session, request, response);
    }

    private void begin(HttpServletRequest request, HttpServletResponse response, Handshake handshake, boolean webSocket)
            throws ServletException, IOException {
        if (!free.tryAcquire()) {
            log.debug("Refused a client: {} are connected", settings.maxConnections());
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        if (webSocket) {
            accept(request, response, new DirectWebSocket(transport -> start(transport, handshake)), free::release);
            return;
        }
        var transport = new PollingTransport(settings.pollingBufferSize().toBytes());
        start(transport, handshake);
        transport.receive(new Poll(request, response));
    }

    private EngineSession start(EngineTransport transport, Handshake handshake) {
        var session = new EngineSession(ids.next(), handshake, transport, settings, timer, this::ended);
        sessions.put(session.id(), session);
        session.open(application);
        return session;
    }

    private void ended(EngineSession session) {
        if (session.transport() instanceof PollingTransport polling && !polling.isOver()) {
            timer.schedule(() -> forget(session), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            forget(session);
        }
    }

    private void forget(EngineSession session) {
        if (sessions.remove(session.id(), session)) {
            free.release();
        }
    }

    private @Nullable HandshakeError upgrade(
            EngineSession session, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (session.transport() instanceof PollingTransport polling && polling.startUpgrade()) {
            var listener = new UpgradingWebSocket(
                    session, polling, timer, settings.upgradeTimeout().toNanos());
            accept(request, response, listener, polling::abandonUpgrade);
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
            webSockets.accept(request, response, listener);
            accepted = response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
        } finally {
            if (!accepted) {
                onFailure.run();
            }
        }
    }

    private @Nullable HandshakeError poll(
            EngineSession session, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!(session.transport() instanceof PollingTransport polling)) {
            return HandshakeError.BAD_REQUEST;
        }
        return switch (request.getMethod()) {
            case "GET" -> get(session, polling, new Poll(request, response));
            case "POST" -> post(session, polling, request, response);
            default -> HandshakeError.BAD_REQUEST;
        };
    }

    private @Nullable HandshakeError get(EngineSession session, PollingTransport polling, Poll poll) {
        switch (polling.receive(poll)) {
            case TAKEN -> {
                if (polling.isOver()) {
                    forget(session);
                }
                return null;
            }
            case HELD -> {
                timer.schedule(() -> polling.release(poll), HOLD_MILLIS, TimeUnit.MILLISECONDS);
                return null;
            }
            case OVERLAP -> session.close(CloseCause.OVERLAP);
            case REFUSED -> log.debug("Session {}: poll after the end of polling", session.id());
        }
        return HandshakeError.BAD_REQUEST;
    }

    private @Nullable HandshakeError post(
            EngineSession session, PollingTransport polling, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        switch (polling.startPost()) {
            case TAKEN, HELD -> {}
            case OVERLAP -> {
                session.close(CloseCause.OVERLAP);
                return HandshakeError.BAD_REQUEST;
            }
            case REFUSED -> {
                return HandshakeError.BAD_REQUEST;
            }
        }
        try {
            return receive(session, request, response);
        } catch (IOException e) {
            session.close(CloseCause.LOST);
            throw e;
        } finally {
            polling.endPost();
        }
    }

    private @Nullable HandshakeError receive(
            EngineSession session, HttpServletRequest request, HttpServletResponse response) throws IOException {
        int limit = settings.maxPayloadBytes();
        byte[] body = request.getContentLengthLong() > limit
                ? null
                : request.getInputStream().readNBytes(limit + 1);
        if (body == null || body.length > limit) {
            session.malformed("payload longer than " + limit + " bytes");
            response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            return null;
        }
        try {
            for (Object packet : Payload.decode(text(body))) {
                if (packet instanceof byte[] binary) {
                    session.receive(binary);
                } else {
                    session.receive((String) packet);
                }
            }
        } catch (MalformedPacketException e) {
            session.malformed(e.toString());
        }
        if (session.isMalformed()) {
            return HandshakeError.BAD_REQUEST;
        }
        response.setContentType("text/html");
        response.getWriter().write("ok");
        return null;
    }

    private static String text(byte[] body) throws MalformedPacketException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedPacketException("bad UTF-8");
        }
    }

    /** For the pages whose origin was let in. Without credentials: nothing here reads cookies to know a user. */
    private static void allowCrossOrigin(HttpServletRequest request, HttpServletResponse response) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return;
        }
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (request.getMethod().equals("OPTIONS")) {
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
            String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
            if (headers != null) {
                response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers);
            }
            response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600");
        }
    }
}
