/**
 * Maps outbox rows to the events that clients get, by the topic of the row.
 *
 * <p>{@link io.walcast.relay.events.EventCatalogue} has all kinds of events. Rows come from delivery directly, or
 * through a Kafka topic; the events are the same.
 */
@NullMarked
package io.walcast.relay.events;

import org.jspecify.annotations.NullMarked;
