/**
 * Rooms: the subscriptions to each conversation, fan-out, and resume from the messages table.
 *
 * <p>A {@link io.walcast.relay.rooms.Subscriber} in a room is a cursor into the conversation's history. While it is at
 * the tail it is <em>live</em> and gets each message as it is broadcast; in every other case (it joined with
 * {@code after}, a message is missing in the stream, it was too slow) it is <em>catching up</em>: pages are read from the
 * table at its own speed until it has reached the tail. One mechanism thus serves resume, holes and slow clients.
 *
 * <p>Typing and presence are transient events. They are never stored, are sent only in rooms that are not too large, and
 * are dropped for subscribers with a backlog. Changes of presence go to the subscribers that asked for them. Presence
 * counts the connections of this process.
 *
 * <p>The WAL shows a commit before the tables do. So a room remembers by outbox row what the tables may not show yet: the
 * newest message, and removals of members.
 *
 * <p><b>Concurrency.</b> A room's monitor guards its subscriptions. It is held to enqueue events and answers, never for
 * I/O. Joins and pages are read on threads of their own. <b>Error policy.</b> A page that cannot be
 * read is tried again; a subscriber is told at once when a join is refused. <b>Invariants.</b> A subscriber gets each seq
 * once and in order, and nothing that a member who was removed must not read. A room is in the map before the table is
 * read for it, and stays until the tables show all that it knows, so no broadcast falls between the two.
 */
@NullMarked
package io.walcast.relay.rooms;

import org.jspecify.annotations.NullMarked;
