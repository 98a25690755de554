/**
 * Conversations and who is in them.
 *
 * <p>Concurrency: everything that happens in a conversation, its messages and its members coming and going, happens
 * under the lock of its row, which is always the first thing that is locked: there is one order of events, and no
 * deadlock. A change of members <em>updates</em> that row, though nothing in it changes: a post that waited for the
 * lock looks again whether its sender is a member only if the row is a new version.
 */
@NullMarked
package io.walcast.app.conversations;

import org.jspecify.annotations.NullMarked;
