/**
 * Messages: posting one, editing, deleting and reacting to it, reading a conversation's history and its log, and asking
 * what became of a message on its way to the clients.
 *
 * <p>A post is one statement, and so one transaction and one round trip: it takes the next seq and the next pos under the
 * lock of the conversation's row, and writes the message with the outbox row that carries it. A message is never there
 * without its outbox row, a post that fails leaves no gap, and the order of seq and pos is the order of the commits. The
 * lock is held for that statement only.
 *
 * <p>Every other change is one call of a function of the schema's owner, under the same lock: this module's login can
 * neither change a message nor an outbox row. The statements read what is, never what was.
 */
@NullMarked
package io.walcast.app.messages;

import org.jspecify.annotations.NullMarked;
