/**
 * The feed: the live list of a user's conversations, without a join of each.
 *
 * <p>A connection that opens its feed gets an activity for each conversation that changed since its cursor, in pages,
 * and then live ones. This process knows the conversations of its connected followers: a user is entered before the
 * tables are read for it, and the stream of events keeps that state up to date. Nothing is written for a follower in
 * the database.
 *
 * <p>A cursor is a snapshot of the database: every change that it does not show is new to the client. So the live
 * stream needs no position of its own: the tables tell exactly which changes the client lacks. The WAL shows a commit
 * before the tables do. So a feed that has just begun, or that may have missed a part of the stream, reads the tables
 * again until every transaction has ended that the stream may have delivered before.
 *
 * <p><b>Concurrency.</b> The monitor of a {@link io.walcast.relay.feed.UserFeed} guards that user's memberships and
 * connections, and is never held for I/O. It may be held when a conversation's monitor is taken, never the other way
 * round. <b>Error policy.</b> A read that fails is tried again. <b>Invariants.</b> A client gets events of a
 * conversation only while its user is a member as far as the stream and the tables show, and none after
 * {@code conversation.gone}. Per connection the state that waits is bounded by the number of conversations: activities
 * are merged, never queued.
 */
@NullMarked
package io.walcast.relay.feed;

import org.jspecify.annotations.NullMarked;
