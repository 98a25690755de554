/**
 * The producer's side of the transactional outbox: an event is a row that commits or rolls back with the change that it
 * describes. The relay reads it from the write-ahead log; this package does not know the relay.
 */
@NullMarked
package io.walcast.app.outbox;

import org.jspecify.annotations.NullMarked;
