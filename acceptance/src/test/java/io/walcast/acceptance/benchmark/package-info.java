/**
 * The benchmark: what the product does on this machine, beside what it is compared with, in one run.
 *
 * <p>{@code ./mvnw -Pbenchmark verify}; {@link io.walcast.acceptance.benchmark.Benchmark} says what it measures, {@code
 * contender} what is measured, {@code driver} with what.
 */
@NullMarked
package io.walcast.acceptance.benchmark;

import org.jspecify.annotations.NullMarked;
