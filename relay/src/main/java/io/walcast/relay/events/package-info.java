/**
 * What an outbox row means to clients: one mapping a topic, from topic to event to room.
 *
 * <p>Rows get here straight from delivery, or by way of a Kafka topic; the events are the same.
 */
@NullMarked
package io.walcast.relay.events;

import org.jspecify.annotations.NullMarked;
