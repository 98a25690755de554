/** REST: conversations and messages. Each post is one transaction with its outbox row; nothing here knows the relay. */
@NullMarked
package io.walcast.app;

import org.jspecify.annotations.NullMarked;
