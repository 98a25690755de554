/** The relay: from the WAL to the clients. */
@NullMarked
package io.walcast.relay;

import org.jspecify.annotations.NullMarked;
