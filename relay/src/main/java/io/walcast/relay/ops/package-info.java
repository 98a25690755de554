/** What ops see of the relay: its health, and how long each stage of a message took. */
@NullMarked
package io.walcast.relay.ops;

import org.jspecify.annotations.NullMarked;
