/**
 * The chat for Socket.IO clients, mounted at {@code /socket.io/}: a CONNECT identifies a user, events are requests, and
 * acknowledgements are their answers. PROTOCOL.md describes it for people who write clients.
 *
 * <p><b>Recovery.</b> A client that comes back with an offset is identified again, and then the server joins its rooms for
 * it, each from the position that the offset names. The specification has what was missed sent before the answer to the
 * CONNECT; here it is sent right after it, because it is read from the database and of any length, and neither the answer
 * nor the connection's thread should wait for that. The stock client cannot tell the difference.
 *
 * <p><b>Concurrency.</b> The requests of a client come one at a time; answers and events may be sent from any thread.
 * <b>Error policy.</b> A refused CONNECT is answered with CONNECT_ERROR, a refused request in its acknowledgement.
 */
@NullMarked
package io.walcast.relay.gateway.socketiochat;

import org.jspecify.annotations.NullMarked;
