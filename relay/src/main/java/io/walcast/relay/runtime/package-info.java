/**
 * The runtime that all parts of the relay share: the database pool, threads that live as long as the application
 * context, the order of the shutdown, pauses between attempts, and timers of stages.
 *
 * <p>This package uses none of the other parts.
 */
@NullMarked
package io.walcast.relay.runtime;

import org.jspecify.annotations.NullMarked;
