/**
 * Walcast as its users have it: the packaged jar in a process of its own, spoken to over HTTP and WebSocket only.
 *
 * <p>{@link io.walcast.acceptance.Trial} is where to begin: it puts load on a running Walcast, breaks something, and
 * returns a {@link io.walcast.acceptance.Verdict} of what every client saw.
 */
@NullMarked
package io.walcast.acceptance;

import org.jspecify.annotations.NullMarked;
