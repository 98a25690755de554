/**
 * The chat as clients speak it, apart from how it looks on the wire: who they are, the events they may send, the answers
 * and the errors.
 *
 * <p><b>Recovery.</b> A Socket.IO client that comes back with an offset is identified again, and then the server joins
 * its rooms for it, each from the position that the offset names. The specification has what was missed sent before the
 * answer to the CONNECT; here it is sent right after it, because it is read from the database and of any length, and
 * neither the answer nor the connection's thread should wait for that. The stock client cannot tell the difference.
 *
 * <p><b>Limits.</b> {@link io.walcast.relay.gateway.chat.ChatLimits} bounds what one connection and one user may take; what
 * waits to be sent is bounded by the transport, typing and presence by the rooms.
 *
 * <p><b>Concurrency.</b> A client's requests come one at a time from its connection; answers and events may be sent from
 * any thread. <b>Error policy.</b> Whatever a client sends, it gets an answer with a code of
 * {@link io.walcast.relay.gateway.chat.ErrorCode}, or is closed with a code of its format; it never costs others anything.
 */
@NullMarked
package io.walcast.relay.gateway.chat;

import org.jspecify.annotations.NullMarked;
