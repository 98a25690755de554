/**
 * The actions of operators on the relay. Each action is written to the audit log before it begins, and its outcome when
 * it has ended. An action that cannot be written there is not done.
 */
@NullMarked
package io.walcast.relay.ops.actions;

import org.jspecify.annotations.NullMarked;
