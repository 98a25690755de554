package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The delivery status of a message.
 *
 * <p>Published outbox rows are removed after the retention time. A message without its row is known to be published, and
 * nothing else is known of its delivery.
 */
record Delivery(
        @Schema(description = "whether it was sent to every client that had joined")
        boolean published,

        @Schema(description = "when; null if not yet, or if that is no longer known") @Nullable
        Instant publishedAt,

        @Schema(description = "attempts so far; null if no longer known") @Nullable
        Integer attempts,

        @Schema(description = "why the last attempt failed; null if it did not") @Nullable
        String lastError) {}
