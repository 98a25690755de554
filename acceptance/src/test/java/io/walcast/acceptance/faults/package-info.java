/** One class a fault: each breaks one thing under load, and asserts that no message is lost, repeated or out of order. */
@NullMarked
package io.walcast.acceptance.faults;

import org.jspecify.annotations.NullMarked;
