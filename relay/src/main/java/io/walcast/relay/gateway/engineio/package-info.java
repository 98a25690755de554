/**
 * Server for Engine.IO v4, the sessions under Socket.IO: one client is one session, over long-polling, over a WebSocket, or
 * first over the one and then over the other. Carries texts and bytes in both directions and knows nothing of what is in
 * them.
 *
 * <p>From the wire inwards: {@link io.walcast.relay.gateway.engineio.EngineServer} answers the HTTP requests,
 * {@link io.walcast.relay.gateway.engineio.EngineSession} is one client whatever its transport (heartbeat, upgrade, close),
 * {@link io.walcast.relay.gateway.engineio.EngineListener} is what the layer above makes of each session. The codec
 * ({@code Payload}) does no I/O.
 *
 * <p><b>Lifecycle.</b> A session begins with a client's first request and ends once, with a
 * {@link io.walcast.relay.gateway.engineio.CloseCause}. One timer thread serves all sessions of a server until the server is
 * closed.
 *
 * <p><b>Concurrency.</b> The listener of a session is told one thing at a time, in order, on whatever thread it happened on:
 * the container's, the timer's, or that of whoever closed the session. Sending is possible from every thread, never waits,
 * and takes no lock that is held during a callback.
 *
 * <p><b>Error policy.</b> A client that breaks the protocol is disconnected; the reason is logged at debug level. An
 * exception out of the listener is a defect: it is logged as an error, and the client is disconnected.
 */
@NullMarked
package io.walcast.relay.gateway.engineio;

import org.jspecify.annotations.NullMarked;
