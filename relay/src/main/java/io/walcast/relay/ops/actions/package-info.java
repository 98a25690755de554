/**
 * What people who run the relay may do to it. Each action is written to the audit log before it begins, and again how it
 * ended; one that cannot be written there is not done.
 */
@NullMarked
package io.walcast.relay.ops.actions;

import org.jspecify.annotations.NullMarked;
