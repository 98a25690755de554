package io.walcast.relay.gateway.engineio;

import io.walcast.identity.ByteBudget;
import io.walcast.identity.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of a long-polling session: a GET receives, a POST sends. Thread-safe, without state of its own. */
final class PollingRequests {

    private static final Logger LOG = LoggerFactory.getLogger(PollingRequests.class);

    private final ByteBudget incoming;
    private final ScheduledExecutorService timer;
    private final Consumer<EngineSession> fetchedToTheEnd;

    /**
     * @param incoming what all clients together may hold here of what they send
     * @param fetchedToTheEnd told when the client of a session that is over has fetched what was left for it
     */
    PollingRequests(ByteBudget incoming, ScheduledExecutorService timer, Consumer<EngineSession> fetchedToTheEnd) {
        this.incoming = incoming;
        this.timer = timer;
        this.fetchedToTheEnd = fetchedToTheEnd;
    }

    /** @return what to answer if the request is refused; null if it has been answered, or will be */
    @Nullable
    HandshakeError serve(EngineSession session, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
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
                    fetchedToTheEnd.accept(session);
                }
                return null;
            }
            case HELD -> {
                timer.schedule(() -> polling.release(poll), PollingTransport.HOLD_MILLIS, TimeUnit.MILLISECONDS);
                return null;
            }
            case OVERLAP -> session.close(CloseCause.OVERLAP);
            case REFUSED -> LOG.debug("Session {}: poll after the end of polling", session.id());
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
            // The client's connection broke in the middle of its request.
            LOG.debug("Session {}: post failed", session.id(), e);
            session.close(CloseCause.LOST);
            return HandshakeError.BAD_REQUEST;
        } finally {
            polling.endPost();
        }
    }

    private @Nullable HandshakeError receive(
            EngineSession session, HttpServletRequest request, HttpServletResponse response) throws IOException {
        int limit = session.payloadLimit();
        if (request.getContentLengthLong() > limit) {
            return tooLong(session, response, limit);
        }
        byte[] body = RequestBody.read(request.getInputStream(), limit, incoming);
        try {
            return body.length > limit ? tooLong(session, response, limit) : receive(session, body, response);
        } finally {
            incoming.release(body.length);
        }
    }

    private static @Nullable HandshakeError tooLong(EngineSession session, HttpServletResponse response, int limit) {
        session.malformed("payload longer than " + limit + " bytes");
        response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
        return null;
    }

    private static @Nullable HandshakeError receive(EngineSession session, byte[] body, HttpServletResponse response)
            throws IOException {
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
}
