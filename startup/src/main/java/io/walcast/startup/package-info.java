/**
 * The start of a process: its topology, and the report of problems that prevent the start.
 *
 * <p>This module needs Spring Boot alone, so that every other module can use it. A fault of the settings or of a server
 * is a {@link io.walcast.startup.StartupException}: one sentence with the remedy, without a stack trace.
 */
@NullMarked
package io.walcast.startup;

import org.jspecify.annotations.NullMarked;
