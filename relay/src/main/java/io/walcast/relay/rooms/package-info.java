/**
 * Rooms: the subscriptions to each conversation, fan-out, and resume from the conversation's log in the tables.
 *
 * <p>A {@link io.walcast.relay.rooms.Subscriber} in a room is a cursor into the log. Its {@code position} is the place
 * up to which the subscriber has everything. An event has {@code from} and {@code pos}: if {@code pos} is not higher
 * than the position, the event is a repeat; if {@code from} is higher, there is a hole.
 *
 * <p>While a subscriber is at the tail it is <em>live</em> and gets each event as it is delivered. In every other case
 * it is <em>catching up</em>: it joined with a position, an event is missing in the stream, a row has no content to
 * send, or it was too slow. Then pages are read from the table at its own speed until it has reached the tail. One
 * mechanism thus serves resume, holes, rows without content and slow clients.
 *
 * <p>Read markers, which say how far members have read, are state and not logged. They are sent as they change, and
 * again at the end of a catch-up in which a change may have been missed. Typing and presence are transient events. They
 * are never stored, are sent only in rooms that are not too large, and are dropped for subscribers with a backlog.
 * Changes of presence go to the subscribers that asked for them. Presence counts the connections of this process.
 *
 * <p>The WAL shows a commit before the tables do. So a room remembers, by outbox row, the events that the tables may
 * not show yet: the newest one, and removals of members.
 *
 * <p><b>Concurrency.</b> A room's monitor guards its subscriptions. It is held to enqueue events and answers, never for
 * I/O. Joins and pages are read on threads of their own. <b>Error policy.</b> A page that cannot be read is tried
 * again. A join that is refused is answered at once. <b>Invariants.</b> A subscriber gets the log without a hole, each
 * event once and in order, and nothing that a member who was removed must not read. A room is in the map before the
 * table is read for it, and stays until the tables show all that it knows, so no event is lost between the two.
 */
@NullMarked
package io.walcast.relay.rooms;

import org.jspecify.annotations.NullMarked;
