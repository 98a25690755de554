/** The documents keep what they promise: links lead somewhere, and commands work as they stand there. */
@NullMarked
package io.walcast.acceptance.documents;

import org.jspecify.annotations.NullMarked;
