/**
 * The WAL side of the relay: reads outbox inserts through a replication slot and passes them on in commit order.
 *
 * <p><b>Concurrency.</b> One owner thread ({@link io.walcast.relay.wal.WalSupervisor}) decides everything: it guards
 * the slot, has it swept, starts an engine and watches it. The engine's polling thread hands rows to the
 * {@link io.walcast.relay.wal.OutboxConsumer} and acknowledges; no other thread uses the engine.
 *
 * <p><b>Lifecycle.</b> guard -> (create and sweep) -> engine -> its end -> backoff -> guard. An engine is never reused.
 *
 * <p><b>Error policy.</b> Every end of an engine is logged and followed by a new one, after 100 ms to 5 s; a failure
 * that a restart cannot fix (wrong credentials, missing privileges, {@code wal_level}, a slot that is not ours) is
 * {@code FAILED}, with a reason that health reports, and is tried again after 1 s to 10 s.
 *
 * <p><b>Invariant.</b> The slot is acknowledged up to the first row that is not settled, and never beyond it.
 */
@NullMarked
package io.walcast.relay.wal;

import org.jspecify.annotations.NullMarked;
