/**
 * The composition of the relay, which reads outbox rows from PostgreSQL's WAL and delivers them to clients or to Kafka.
 */
@NullMarked
package io.walcast.relay;

import org.jspecify.annotations.NullMarked;
