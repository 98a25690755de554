/**
 * Messages: posting one, reading a conversation's history, and asking what became of a message on its way to the
 * clients.
 *
 * <p>A post is one statement, and so one transaction and one round trip: it takes the next seq under the lock of the
 * conversation's row, and writes the message with the outbox row that carries it. A message is never there without its
 * outbox row, a post that fails leaves no gap in seq, and the order of seq is the order of the commits. The lock is
 * held for that statement only.
 */
@NullMarked
package io.walcast.app.messages;

import org.jspecify.annotations.NullMarked;
