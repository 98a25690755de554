/**
 * Kafka, or a broker with its protocol, between relay and gateways: the relay publishes rows to one topic, and any
 * number of gateway nodes each read all of it into their own rooms.
 *
 * <p><b>Order.</b> The key is the conversation, so all events of one are in one partition, in the order of its outbox.
 * After a failure the relay publishes again from the first row that is not marked: records come a second time, in
 * order, and rooms drop them by pos.
 *
 * <p><b>Fencing.</b> Rows are published in transactions whose id belongs to the slot. A relay that begins to publish
 * for a slot thereby ends the transactions of its predecessor, and readers see committed rows only. So the broker
 * refuses the records of a former owner that was paused and wakes up.
 */
@NullMarked
package io.walcast.relay.kafka;

import org.jspecify.annotations.NullMarked;
