/**
 * The producer's side of the outbox: an event is a row that commits or rolls back with the change it tells of. Whoever
 * delivers it reads it from the write-ahead log; this package does not know them.
 */
@NullMarked
package io.walcast.app.outbox;

import org.jspecify.annotations.NullMarked;
