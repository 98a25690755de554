/**
 * What can be wrong with a request, and how a client is told: every refusal of the API is a problem detail (RFC 9457)
 * of one closed catalogue, {@link io.walcast.app.problems.ProblemType}, whatever part of the server noticed it.
 *
 * <p>Error policy: what the client did is a 4xx and is not logged; a database that cannot be reached is a 503 that says
 * when to come back and is logged in one line; everything else is a 500, logged with its stack trace, of which the
 * client sees nothing.
 */
@NullMarked
package io.walcast.app.problems;

import org.jspecify.annotations.NullMarked;
