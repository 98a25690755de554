/**
 * Composition of the WebSocket gateway: two wire formats (Socket.IO and plain JSON) over one transport and one chat
 * core.
 *
 * <p><b>Lifecycle.</b> Clients are served from the web server's start on. When the context closes, long-polling ends with
 * the web server's graceful stop, which waits for open requests; all other clients are closed after the last message
 * and its mark, with a code that lets them come back, and before the web server stops. New ones are refused with 503.
 */
@NullMarked
package io.walcast.relay.gateway;

import org.jspecify.annotations.NullMarked;
