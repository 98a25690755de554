/**
 * Messages: posting one, editing, deleting and reacting to it, reading a conversation's history and its log, and
 * reading the delivery status of a message.
 *
 * <p>A post is one statement, and so one transaction and one round trip: it takes the next seq and the next pos under
 * the lock of the conversation's row, and writes the message with the outbox row that carries it. No message exists
 * without its outbox row until retention removes the published row, a post that fails leaves no gap, and the order of
 * seq and pos is the order of the commits. The lock is held for that statement only.
 *
 * <p>Every other change is one call of a function of the schema's owner, under the same lock: this module's login can
 * neither change a message nor an outbox row. Reads return the present state, never an earlier one.
 */
@NullMarked
package io.walcast.app.messages;

import org.jspecify.annotations.NullMarked;
