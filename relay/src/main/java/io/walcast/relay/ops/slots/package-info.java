/**
 * Watches the replication slots of the server: how much WAL each holds, whether it moves, and for how long that is possible.
 *
 * <p><b>Concurrency.</b> One thread samples and derives; what it found last is an immutable value that anyone may read,
 * so that no reader costs the database anything. <b>Error policy.</b> A sample that fails is told of and tried again; the
 * last good one stays, with its age.
 */
@NullMarked
package io.walcast.relay.ops.slots;

import org.jspecify.annotations.NullMarked;
