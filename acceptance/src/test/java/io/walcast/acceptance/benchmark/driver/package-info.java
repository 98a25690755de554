/**
 * A load driver for chat servers with Walcast's contract, light enough not to be the limit: one thread, one selector, no
 * parsing beyond what is counted.
 *
 * <p>Everything in here runs on the thread of the {@link io.walcast.acceptance.benchmark.driver.Reactor}, but for what
 * says otherwise.
 */
@NullMarked
package io.walcast.acceptance.benchmark.driver;

import org.jspecify.annotations.NullMarked;
