/**
 * What an outbox row means to clients: from the topic of the row to an event in a room.
 *
 * <p>{@link io.walcast.relay.events.EventKind} is the catalogue. Rows get here straight from delivery, or by way of a
 * Kafka topic; the events are the same.
 */
@NullMarked
package io.walcast.relay.events;

import org.jspecify.annotations.NullMarked;
