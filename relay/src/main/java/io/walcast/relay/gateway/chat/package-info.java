/**
 * The chat as clients speak it, apart from how it looks on the wire: who they are, the events they may send, the answers
 * and the errors.
 *
 * <p><b>Concurrency.</b> A client's requests come one at a time from its connection; answers and events may be sent from
 * any thread. <b>Error policy.</b> Whatever a client sends, it gets an answer with a code of
 * {@link io.walcast.relay.gateway.chat.ErrorCode}, or is closed with a code of its format; it never costs others anything.
 */
@NullMarked
package io.walcast.relay.gateway.chat;

import org.jspecify.annotations.NullMarked;
