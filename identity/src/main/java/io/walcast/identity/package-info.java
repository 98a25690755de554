/**
 * Authentication and access control: one implementation for REST, WebSocket and operations, in each process that serves
 * them.
 *
 * <p><b>Two modes.</b> In {@code header} mode a caller is the user that it names, and the server listens on loopback
 * only. In {@code jwt} mode a caller is the subject of its token; Spring Security's resource server guards every route,
 * and a route that is in no list needs a token too.
 *
 * <p><b>Lifecycle.</b> An auto-configuration: a process that has this module on its class path has its filters, and
 * cannot forget to import them. <b>Concurrency.</b> Everything is immutable or thread-safe. <b>Error policy.</b> A
 * refusal is a problem detail with a remedy, and reveals no protected data. A client's fault is never logged.
 */
@NullMarked
package io.walcast.identity;

import org.jspecify.annotations.NullMarked;
