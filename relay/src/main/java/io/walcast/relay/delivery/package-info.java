/**
 * Delivers outbox rows from the WAL side to the sink, in order: marks them published, retries and parks those that
 * fail, and sweeps the table for those that a new slot would miss.
 *
 * <p><b>Concurrency.</b> Rows come on one thread at a time (the engine's, or the supervisor's during a sweep). Only
 * conversations whose delivery failed are handled elsewhere: on the retry thread, in a lane of their own that keeps
 * their order. Marks are written by a thread of their own.
 *
 * <p><b>Error policy.</b> A row that can never be delivered is parked with its error at once. A row that the sink
 * refuses otherwise is tried again a bounded number of times, holding up its own conversation only, and is then parked;
 * many such rows are tried less often, so that others need not wait for their permits. A mark that cannot be written is
 * tried again without end: until it is, the row stays unsettled and the WAL is kept.
 *
 * <p><b>Invariant.</b> A row is settled when its mark or its parking is committed, and not before.
 */
@NullMarked
package io.walcast.relay.delivery;

import org.jspecify.annotations.NullMarked;
