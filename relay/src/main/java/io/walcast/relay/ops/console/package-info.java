/**
 * The page at {@code /ops} and its data. One snapshot of the process serves every viewer for a second. Only outbox rows
 * and the audit log, which a person asks for, are read from the database.
 */
@NullMarked
package io.walcast.relay.ops.console;

import org.jspecify.annotations.NullMarked;
