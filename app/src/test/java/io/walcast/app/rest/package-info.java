/** The REST API on a port of its own and a real PostgreSQL, for tests. */
@NullMarked
package io.walcast.app.rest;

import org.jspecify.annotations.NullMarked;
