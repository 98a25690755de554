/** Walcast in containers. Needs Docker; run with {@code ./mvnw -Pcontainers verify}. */
@NullMarked
package io.walcast.acceptance.containers;

import org.jspecify.annotations.NullMarked;
