/**
 * The way of requests to PostgreSQL: how many connections, for how long, and what a commit is worth.
 *
 * <p>Each limit is kept by PostgreSQL itself, so that what was given up here is not stored there; where it cannot be, since
 * a commit that waits for a synchronous standby stands already, the answer is that nobody knows.
 */
@NullMarked
package io.walcast.app.database;

import org.jspecify.annotations.NullMarked;
