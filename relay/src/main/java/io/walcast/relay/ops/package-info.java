/**
 * The operations of the relay: its condition, the slots, a canary, actions, and the console. No other package uses this
 * one.
 */
@NullMarked
package io.walcast.relay.ops;

import org.jspecify.annotations.NullMarked;
