/**
 * The errors of the REST API: every refusal, by any part of the server, is a problem detail (RFC 9457) of one closed
 * catalogue, {@link io.walcast.app.problems.ProblemType}.
 *
 * <p>Error policy: a fault of the client is a 4xx and is not logged. An unreachable database is a 503 with {@code
 * Retry-After}, logged in one line. Everything else is a 500, logged with its stack trace, which the client does not
 * see.
 */
@NullMarked
package io.walcast.app.problems;

import org.jspecify.annotations.NullMarked;
