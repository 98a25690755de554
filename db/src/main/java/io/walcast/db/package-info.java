/** The schema as Flyway migrations, and the embedded PostgreSQL that development and tests run on. */
@NullMarked
package io.walcast.db;

import org.jspecify.annotations.NullMarked;
