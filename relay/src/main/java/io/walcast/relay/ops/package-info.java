/**
 * What ops see of the relay, and what they may do to it: its condition, the slots, a canary, actions, and the console.
 * Nothing else knows this package.
 */
@NullMarked
package io.walcast.relay.ops;

import org.jspecify.annotations.NullMarked;
