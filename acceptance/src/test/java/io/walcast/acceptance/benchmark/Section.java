package io.walcast.acceptance.benchmark;

/** A part of the benchmark that fills one table. */
interface Section {

    void measure(Setting setting, Report report);
}
