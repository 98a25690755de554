/**
 * WebSocket connections (RFC 6455) that never block their sender. Knows frames, bytes and origins, nothing of any protocol
 * above.
 *
 * <h2>Lifecycle</h2>
 * {@link io.walcast.relay.gateway.transport.WebSocketUpgrade} turns an HTTP request into a connection and hands it to a
 * {@link io.walcast.relay.gateway.transport.WebSocketListener}: {@code opened}, any number of messages, {@code closed}
 * exactly once, also when the network broke. The sockets stay Tomcat's, which tells when one can be read or written.
 *
 * <h2>Concurrency</h2>
 * The callbacks of one connection never overlap. Every method of
 * {@link io.walcast.relay.gateway.transport.WebSocketConnection} may be called from any thread and returns at once: messages
 * wait in a queue bounded by bytes, and one thread at a time, a sender or one of a few shared writers, writes what waits. All
 * queues share one {@link io.walcast.relay.gateway.transport.SendBudget}. No connection owns a thread or a buffer, and one
 * that stops reading costs the others nothing.
 *
 * <h2>Error policy</h2>
 * What a client does wrong ends that client's connection with a close code (1002 protocol error, 1007 bad UTF-8, 1008
 * slow_client or limit_exceeded, 1009 too big) and is logged at debug level at most. An exception out of a listener is a
 * defect: it is logged as an error and ends the connection with 1011.
 */
@NullMarked
package io.walcast.relay.gateway.transport;

import org.jspecify.annotations.NullMarked;
