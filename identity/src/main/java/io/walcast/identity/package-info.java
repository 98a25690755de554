/**
 * Who a caller is, and what may come in at all: one answer for REST, for WebSocket and for operations, in whichever of
 * their processes.
 *
 * <p><b>Two modes.</b> In {@code header} mode a caller is who it says it is, and the server listens on loopback only. In
 * {@code jwt} mode a token says so; Spring Security's resource server stands in front of every route, and one that
 * nobody thought of needs a token too.
 *
 * <p><b>Lifecycle.</b> An auto-configuration: a process that has this module on its class path has its guards, and cannot
 * forget to import them. <b>Concurrency.</b> Everything is immutable or thread-safe. <b>Error policy.</b> A refusal is a
 * problem detail that names what to do and nothing of what was hidden; nothing that a client does is logged.
 */
@NullMarked
package io.walcast.identity;

import org.jspecify.annotations.NullMarked;
