/**
 * The page at {@code /ops} and what it shows. One look at the process serves every viewer for a second; only what a
 * person asks for, outbox rows and the audit log, goes to the database.
 */
@NullMarked
package io.walcast.relay.ops.console;

import org.jspecify.annotations.NullMarked;
