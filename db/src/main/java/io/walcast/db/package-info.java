/**
 * The database: its schema as Flyway migrations, the checks of a PostgreSQL server before the start, and the embedded
 * PostgreSQL for development and tests.
 */
@NullMarked
package io.walcast.db;

import org.jspecify.annotations.NullMarked;
