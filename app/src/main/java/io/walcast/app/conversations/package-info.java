/**
 * Conversations with their members, owners, titles and read markers.
 *
 * <p>Concurrency: posts and changes of messages, members and titles hold the lock of the conversation's row, which is
 * always the first lock that they take. So the events of a conversation have one order, and there is no deadlock. A
 * change of members <em>updates</em> that row although no column changes: a post that waited for the lock checks its
 * sender's membership again only if the row has a new version. Read markers are no events of the log and do not take
 * the lock.
 */
@NullMarked
package io.walcast.app.conversations;

import org.jspecify.annotations.NullMarked;
