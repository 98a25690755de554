/**
 * Decides when clients may connect: while messages arrive, from this process's own relay or from Kafka.
 *
 * <p>It connects the source of messages to the gateway, so that neither depends on the other.
 */
@NullMarked
package io.walcast.relay.admission;

import org.jspecify.annotations.NullMarked;
