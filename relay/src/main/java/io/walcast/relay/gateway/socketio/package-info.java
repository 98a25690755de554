/**
 * Server for Socket.IO v5, on Engine.IO sessions: namespaces, events with binary attachments, acknowledgements and what
 * connection state recovery needs. Knows nothing of what the events mean.
 *
 * <p>From the session inwards: {@link io.walcast.relay.gateway.socketio.Namespaces} decodes the packets of one session and
 * multiplexes them, {@link io.walcast.relay.gateway.socketio.Socket} is one client in one namespace, as the
 * {@link io.walcast.relay.gateway.socketio.SocketIoApplication} sees it. The codecs ({@code Packet}, {@code PacketDecoder},
 * {@code EventFrame}) do no I/O.
 *
 * <p><b>Lifecycle.</b> A {@link io.walcast.relay.gateway.socketio.SocketIoServer} owns the Engine.IO server under it and
 * closes it.
 *
 * <p><b>Concurrency.</b> Everything that happens to one client is told one thing at a time, in order, on whatever thread it
 * happened on. Sending is possible from every thread, never waits, and takes no lock that is held during a callback.
 *
 * <p><b>Error policy.</b> A client that breaks the protocol is disconnected; the reason is logged at debug level. An
 * exception out of the application is a defect: it is logged as an error, and the client is disconnected.
 */
@NullMarked
package io.walcast.relay.gateway.socketio;

import org.jspecify.annotations.NullMarked;
