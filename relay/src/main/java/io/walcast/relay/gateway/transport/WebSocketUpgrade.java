package io.walcast.relay.gateway.transport;

import io.micrometer.core.instrument.Timer;
import io.walcast.identity.AllowedOrigins;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Turns an HTTP request into a WebSocket connection (RFC 6455), so that one path can serve both and refuse either with a
 * plain HTTP answer. No extension is agreed to: compression would cost every connection its own window, far more than all
 * its other state.
 *
 * <p>Thread-safe. Lives as long as the application; {@link #close} drops the connections that are left.
 */
public final class WebSocketUpgrade implements AutoCloseable {

    private static final long POLL_MILLIS = 10;

    /** How exactly the write timeout is kept, at least. */
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private static final int UPGRADE_REQUIRED = 426;

    private final Shared shared;
    private final AllowedOrigins origins;

    public WebSocketUpgrade(TransportSettings settings, AllowedOrigins origins) {
        this.origins = origins;
        this.shared = new Shared(settings);
        long pause = Math.min(settings.writeTimeout().toMillis() / 4 + 1, LONGEST_PAUSE_MILLIS);
        shared.threads().repeat(this::checkTimes, pause);
    }

    /** Whether the client asks for a WebSocket; what else the handshake needs is checked when it is accepted. */
    public static boolean isUpgrade(HttpServletRequest request) {
        return OpeningHandshake.isAsked(request);
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
        if (!isUpgrade(request) || !OpeningHandshake.isVersionKnown(request)) {
            response.setHeader(HttpHeaders.UPGRADE, "websocket");
            response.setHeader(OpeningHandshake.VERSION_HEADER, OpeningHandshake.VERSION);
            response.sendError(UPGRADE_REQUIRED);
            return;
        }
        if (!OpeningHandshake.isWellFormed(request)) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        if (!admit(request, response)) {
            return;
        }
        response.setHeader(HttpHeaders.UPGRADE, "websocket");
        response.setHeader(HttpHeaders.CONNECTION, "Upgrade");
        response.setHeader(
                OpeningHandshake.ACCEPT_HEADER,
                OpeningHandshake.accept(request.getHeader(OpeningHandshake.KEY_HEADER)));
        request.upgrade(UpgradeHandler.class).serve(wire -> new WebSocketReceiver(wire, shared, listener));
    }

    /** What may wait for all clients together, for other transports to share. */
    public SendBudget budget() {
        return shared.budget();
    }

    /** What all clients together may hold here of what they send, for other transports to share. */
    public SendBudget unfinished() {
        return shared.unfinished();
    }

    /** Bytes of the messages of which only a part has been received yet. */
    public long unfinishedBytes() {
        return shared.unfinished().used();
    }

    /** Has a few messages a second timed, from the queue of an idle connection until they are written. */
    public void timeWrites(Timer timer) {
        shared.threads().sampler().recordTo(timer);
    }

    /** How many nanoseconds each of the timed writes of the last while took. */
    public long[] recentWrites(Duration window) {
        return shared.threads().sampler().recent(window);
    }

    /** Open connections, including those whose close is not yet complete. */
    public int connections() {
        return shared.open().size();
    }

    /** Waits until no connection is open, for at most as long as given. */
    public void awaitEnd(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (connections() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        shared.open().forEach(connection -> connection.end(CloseStatus.BROKEN));
        shared.threads().close();
    }

    private void checkTimes() {
        long now = System.nanoTime();
        shared.open().forEach(connection -> connection.checkTime(now));
        if (shared.budget().wasExhausted()) {
            makeRoom();
        }
    }

    /** Clients that do not read must not keep the others from being served: those with the most waiting go first. */
    private void makeRoom() {
        record Stuck(WebSocketConnection connection, long bytes) {}
        List<Stuck> longestFirst = shared.open().stream()
                .map(connection -> new Stuck(connection, connection.stuckBytes()))
                .filter(stuck -> stuck.bytes() > 0)
                .sorted(Comparator.comparingLong(Stuck::bytes).reversed())
                .toList();
        for (Stuck stuck : longestFirst) {
            if (!shared.budget().isScarce()) {
                return;
            }
            stuck.connection().putOut();
        }
    }

    private static void refuseOrigin(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter().write(String.format(Locale.ROOT, """
                        {"title":"Origin not allowed","status":403,\
                        "detail":"Pages of this origin may not connect. Add it to %s to let them in."}""", AllowedOrigins.KEY));
    }
}
