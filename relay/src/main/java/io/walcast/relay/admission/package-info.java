/**
 * Decides when clients may connect: where messages arrive, from this process's own relay or from Kafka.
 *
 * <p>It joins the source of messages to the gateway, so that neither of them knows the other.
 */
@NullMarked
package io.walcast.relay.admission;

import org.jspecify.annotations.NullMarked;
