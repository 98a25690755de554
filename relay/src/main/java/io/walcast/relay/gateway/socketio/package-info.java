/**
 * Socket.IO v5 over Engine.IO v4, server side, with both transports. Knows namespaces, events and acknowledgements,
 * nothing of what they mean.
 *
 * <p>From the wire inwards: {@link io.walcast.relay.gateway.socketio.EngineServer} answers the HTTP requests,
 * {@link io.walcast.relay.gateway.socketio.EngineSession} is one client whatever its transport (heartbeat, upgrade,
 * close), {@link io.walcast.relay.gateway.socketio.Namespaces} decodes Socket.IO packets and multiplexes them,
 * {@link io.walcast.relay.gateway.socketio.Socket} is what the application sees. The codecs ({@code Packet},
 * {@code PacketDecoder}, {@code EventFrame}, {@code Payload}) do no I/O.
 *
 * <h2>Concurrency</h2>
 * Everything that happens to one client is told one thing at a time, in order, on whatever thread it happened on:
 * the container's, the timer's, or that of whoever closed it. Sending is possible from every thread, never waits, and
 * takes no lock that is held during a callback.
 *
 * <h2>Error policy</h2>
 * A client that breaks the protocol is disconnected; the reason is logged at debug level. An exception out of the
 * application is a defect: logged as an error, and the client is disconnected.
 */
@NullMarked
package io.walcast.relay.gateway.socketio;

import org.jspecify.annotations.NullMarked;
