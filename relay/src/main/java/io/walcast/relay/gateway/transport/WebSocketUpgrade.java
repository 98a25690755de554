package io.walcast.relay.gateway.transport;

import io.micrometer.core.instrument.Timer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Turns an HTTP request into a WebSocket connection (RFC 6455), so that one path can serve both and refuse either with a
 * plain HTTP answer.
 *
 * <p>Thread-safe. Lives as long as the application; {@link #close} stops the shared threads, the container closes the
 * connections.
 */
public final class WebSocketUpgrade implements AutoCloseable {

    /**
     * Size of the container's buffers for pieces of incoming messages, bytes and chars. Every connection holds one of
     * each for life, so they are small.
     */
    private static final int PIECE = 256;

    private static final long POLL_MILLIS = 10;

    private static final int UPGRADE_REQUIRED = 426;

    private final TransportSettings settings;
    private final AllowedOrigins origins;
    private final TransportThreads threads;
    private final SendBudget budget;
    private final SendBudget unfinished;
    private final AtomicInteger connections = new AtomicInteger();

    public WebSocketUpgrade(TransportSettings settings, AllowedOrigins origins) {
        this.settings = settings;
        this.origins = origins;
        this.threads = new TransportThreads(settings);
        this.budget = new SendBudget(settings.totalQueueSize().toBytes());
        this.unfinished = new SendBudget(settings.totalUnfinishedSize().toBytes());
    }

    /** Whether the client asks for a WebSocket; what else the handshake needs is checked when it is accepted. */
    public static boolean isUpgrade(HttpServletRequest request) {
        return "GET".equals(request.getMethod())
                && hasToken(request, HttpHeaders.UPGRADE, "websocket")
                && hasToken(request, HttpHeaders.CONNECTION, "upgrade");
    }

    /**
     * Checks the origin of a request, also of one that is no upgrade.
     *
     * @return false if it is not allowed; then the request has been answered with 403
     */
    public boolean admit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (origins.permit(request)) {
            return true;
        }
        refuseOrigin(response);
        return false;
    }

    /**
     * Completes the handshake; the listener is told when the connection is open. Answers 426 if this is no upgrade or
     * of another version of the protocol, 400 if the handshake is malformed, 403 with a problem document if the page is
     * of an origin that is not allowed.
     */
    public void accept(HttpServletRequest request, HttpServletResponse response, WebSocketListener listener)
            throws IOException, ServletException {
        if (!isUpgrade(request)) {
            response.setHeader(HttpHeaders.UPGRADE, "websocket");
            response.sendError(UPGRADE_REQUIRED);
            return;
        }
        if (!admit(request, response)) {
            return;
        }
        try {
            container(request)
                    .upgradeHttpToWebSocket(
                            new BareRequest(request),
                            response,
                            endpoint(new SessionEndpoint(listener, settings, threads, budget, unfinished, connections)),
                            Collections.emptyMap());
        } catch (DeploymentException e) {
            throw new ServletException("WebSocket endpoint refused by the container", e);
        }
    }

    /** What may wait for all clients together, for other transports to share. */
    public SendBudget budget() {
        return budget;
    }

    /** Bytes of the messages of which only a part has been received yet. */
    public long unfinishedBytes() {
        return unfinished.used();
    }

    /** Has a few messages a second timed, from the queue of an idle connection until they are written. */
    public void timeWrites(Timer timer) {
        threads.sampler().recordTo(timer);
    }

    /** How many nanoseconds each of the timed writes of the last while took. */
    public long[] recentWrites(Duration window) {
        return threads.sampler().recent(window);
    }

    /** Open connections, including those whose close is not yet complete. */
    public int connections() {
        return connections.get();
    }

    /** Waits until no connection is open, for at most as long as given. */
    public void awaitEnd(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (connections.get() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.close();
    }

    private static ServerContainer container(HttpServletRequest request) {
        Object attribute = request.getServletContext().getAttribute(ServerContainer.class.getName());
        if (!(attribute instanceof ServerContainer container)) {
            throw new IllegalStateException("This servlet container offers no WebSocket");
        }
        if (container.getDefaultMaxTextMessageBufferSize() != PIECE) {
            container.setDefaultMaxTextMessageBufferSize(PIECE);
            container.setDefaultMaxBinaryMessageBufferSize(PIECE);
        }
        return container;
    }

    private ServerEndpointConfig endpoint(SessionEndpoint endpoint) {
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(SessionEndpoint.class, "/")
                .configurator(new Handshake(endpoint))
                .build();
        config.getUserProperties().putAll(containerTimeouts());
        return config;
    }

    /** The container's defaults are 20 s and 30 s, for which a client that does not read could hold its threads. */
    private Map<String, Object> containerTimeouts() {
        return Map.of(
                "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT",
                1_000L,
                "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT",
                settings.closeTimeout().toMillis());
    }

    private static void refuseOrigin(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter().write("""
                        {"title":"Origin not allowed","status":403,\
                        "detail":"Pages of this origin may not connect. Add it to %s to let them in."}""".formatted(AllowedOrigins.KEY));
    }

    private static boolean hasToken(HttpServletRequest request, String header, String token) {
        return Collections.list(request.getHeaders(header)).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .anyMatch(value -> value.trim().equalsIgnoreCase(token));
    }

    /** Hands the container the endpoint that is already there, and agrees to no extension. */
    private static final class Handshake extends ServerEndpointConfig.Configurator {

        private final SessionEndpoint endpoint;

        private Handshake(SessionEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public <T> T getEndpointInstance(Class<T> endpointClass) {
            return endpointClass.cast(endpoint);
        }

        @Override
        public boolean checkOrigin(@Nullable String origin) {
            return true;
        }

        /** Compression would cost every connection its own window, far more than all its other state. */
        @Override
        public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
            return List.of();
        }
    }
}
