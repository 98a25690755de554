/**
 * Reads a server as the relay's login before a relay is started on it, and says what is there, what is missing, and what
 * will go wrong later.
 *
 * <p>It starts no engine, web server, pool or migration, and changes nothing. Checks that the start of a relay makes
 * too are made by the same code: the needs of {@code db}, and the {@link io.walcast.relay.wal.Footing} of the WAL side.
 */
@NullMarked
package io.walcast.relay.doctor;

import org.jspecify.annotations.NullMarked;
