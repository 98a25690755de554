/**
 * Proves that the way is open by sending a row along it: now and then while the relay streams, and many in a row before
 * it says for the first time that it is ready.
 */
@NullMarked
package io.walcast.relay.ops.canary;

import org.jspecify.annotations.NullMarked;
