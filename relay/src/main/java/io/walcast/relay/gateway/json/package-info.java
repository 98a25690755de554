/**
 * Plain JSON over WebSocket at {@code /ws}: each text message is an object with {@code event}, {@code data} and, where
 * an answer is wanted, {@code id}. PROTOCOL.md describes it for people who write clients.
 *
 * <p><b>Lifecycle.</b> The server pings every connection and drops one that does not answer, as well as one that does not
 * say who it is. <b>Error policy.</b> The reason of a close is a code of the protocol: {@code unauthorized}, {@code
 * slow_client}, {@code limit_exceeded} or {@code going_away}.
 */
@NullMarked
package io.walcast.relay.gateway.json;

import org.jspecify.annotations.NullMarked;
