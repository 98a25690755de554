/**
 * The REST API of the chat: conversations and messages. A post writes its message and its outbox row in one
 * transaction. Only this root package, which composes the process, knows the relay.
 */
@NullMarked
package io.walcast.app;

import org.jspecify.annotations.NullMarked;
