/** What is measured: Walcast, relays of other kinds, and what lies below any relay that reads the WAL. */
@NullMarked
package io.walcast.acceptance.benchmark.contender;

import org.jspecify.annotations.NullMarked;
