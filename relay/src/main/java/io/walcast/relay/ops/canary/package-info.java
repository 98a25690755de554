/**
 * Tests delivery end to end with canary rows: one now and then while the relay streams, and many in a row before the
 * relay first reports ready.
 */
@NullMarked
package io.walcast.relay.ops.canary;

import org.jspecify.annotations.NullMarked;
