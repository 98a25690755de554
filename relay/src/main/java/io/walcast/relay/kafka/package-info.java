/**
 * Kafka, or what speaks its protocol, between relay and gateways: the relay publishes rows to one topic, and any number
 * of gateway nodes each read all of it into their own rooms.
 *
 * <p><b>Order.</b> The key is the conversation, so all events of one are in one partition, in the order of its outbox.
 * After a failure the relay publishes again from the first row that is not marked: what was published before comes a
 * second time, in order, and rooms drop it by pos.
 *
 * <p><b>Fencing.</b> Rows are published in transactions whose id belongs to the slot. Whoever begins to publish for a
 * slot thereby ends the transactions of whoever did before, and readers see committed rows only: what a paused former
 * owner sends when it wakes up is refused by the broker.
 */
@NullMarked
package io.walcast.relay.kafka;

import org.jspecify.annotations.NullMarked;
