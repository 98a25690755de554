/**
 * The connection pool of the REST API: its limits, its time-outs, and commits that a synchronous standby did not
 * confirm.
 *
 * <p>PostgreSQL itself enforces each time-out, so that a request that failed here was not stored there. One case cannot
 * be decided: a commit that waits for a synchronous standby is already made, and its request is answered with an
 * unknown outcome.
 */
@NullMarked
package io.walcast.app.database;

import org.jspecify.annotations.NullMarked;
