/**
 * WebSocket connections (RFC 6455) that never block their sender. The package knows sessions, frames, bytes and
 * origins, and no protocol above them.
 *
 * <h2>Lifecycle</h2> Endpoints, handshakes and handlers are Spring's. A handshake passes interceptors and Spring's
 * {@code HandshakeHandler}; then a {@code RequestUpgradeStrategy} of {@link
 * io.walcast.relay.gateway.websocket.Connections} opens the connection: {@link
 * io.walcast.relay.gateway.websocket.DirectUpgradeStrategy} with our own layer, {@link
 * io.walcast.relay.gateway.websocket.ContainerUpgradeStrategy} with the container's ({@link
 * io.walcast.relay.gateway.websocket.TransportKind}). With both, whole messages arrive at {@link
 * io.walcast.relay.gateway.websocket.ListenerHandler}, which calls the connection's {@link
 * io.walcast.relay.gateway.websocket.WebSocketListener}: {@code opened}, any number of messages, {@code closed} exactly
 * once, also when the network broke. Outgoing messages go through its {@link
 * io.walcast.relay.gateway.websocket.WebSocketConnection}.
 *
 * <h2>Walcast's own layer</h2> {@code Direct...}, {@code Frame...}, {@code Wire} and {@code UpgradeHandler} are
 * Walcast's own layer. A message is encoded once for all connections, the waiting frames of a connection leave in one
 * write, and no connection owns a buffer. The sockets stay Tomcat's, which reports when one can be read or written.
 * {@code Container...} puts the same queue in front of the container's sessions.
 *
 * <h2>Concurrency</h2> The callbacks of one connection never overlap. Every method of {@link
 * io.walcast.relay.gateway.websocket.WebSocketConnection} may be called from any thread and returns at once: messages
 * wait in a queue bounded by bytes, and one thread at a time writes them. All queues share one {@link
 * io.walcast.relay.gateway.websocket.SendBudget}. No connection owns a thread, and one that stops reading costs the
 * others nothing.
 *
 * <h2>Error policy</h2> A client's fault ends that client's connection with a close code (1002 protocol error, 1007 bad
 * UTF-8, 1008 slow_client or limit_exceeded, 1009 too big) and is logged at debug level at most; a handshake that is
 * refused is answered and not logged. An exception out of a listener is a defect: it is logged as an error and ends the
 * connection with 1011.
 */
@NullMarked
package io.walcast.relay.gateway.websocket;

import org.jspecify.annotations.NullMarked;
