/**
 * What a process is to do, and how it says why it does not start.
 *
 * <p>This module needs Spring Boot alone, so that every other module can use it. A fault of the settings or of a server,
 * which somebody has to put right, is a {@link io.walcast.startup.StartupException}: one sentence, without a stack trace.
 */
@NullMarked
package io.walcast.startup;

import org.jspecify.annotations.NullMarked;
