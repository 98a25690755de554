/**
 * Plain JSON over WebSocket at {@code /ws}: each text message is an object with {@code event}, {@code data} and, where
 * an answer is wanted, {@code id}. PROTOCOL.md describes it for people who write clients.
 */
@NullMarked
package io.walcast.relay.gateway.websocket;

import org.jspecify.annotations.NullMarked;
