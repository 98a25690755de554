/**
 * Watches the replication slots of the server: how much WAL each holds, whether it moves, and for how long that is possible.
 *
 * <p><b>Concurrency.</b> One thread samples and derives. Its last result is an immutable value that any thread may
 * read, so that no reader queries the database. <b>Error policy.</b> A sample that fails is logged, and taken again.
 * The last good one stays, with its age.
 */
@NullMarked
package io.walcast.relay.ops.slots;

import org.jspecify.annotations.NullMarked;
