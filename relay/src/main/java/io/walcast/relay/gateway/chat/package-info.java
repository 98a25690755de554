/**
 * The chat as its clients speak it, without any wire format: the identity of a client, the requests that it may send, the
 * answers and the errors. A format implements {@link io.walcast.relay.gateway.chat.ClientLink} and
 * {@link io.walcast.relay.gateway.chat.Answer}.
 *
 * <p><b>Limits.</b> {@link io.walcast.relay.gateway.chat.ChatSettings} bounds what one connection and one user may take; what
 * waits to be sent is bounded by the transport, typing and presence by the rooms.
 *
 * <p><b>Concurrency.</b> A client's requests come one at a time from its connection; answers and events may be sent from
 * any thread. <b>Error policy.</b> Whatever a client sends, it gets an answer with a code of
 * {@link io.walcast.relay.gateway.chat.ErrorCode}, or is closed with a code of its format; it never costs others anything.
 */
@NullMarked
package io.walcast.relay.gateway.chat;

import org.jspecify.annotations.NullMarked;
