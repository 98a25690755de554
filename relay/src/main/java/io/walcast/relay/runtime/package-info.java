/**
 * What every part of the relay stands on: its database, threads that live as long as the application context, the order in
 * which they end, pauses between attempts, and timers of stages.
 *
 * <p>This package knows none of the parts.
 */
@NullMarked
package io.walcast.relay.runtime;

import org.jspecify.annotations.NullMarked;
