package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The delivery status of a message.
 *
 * <p>Published outbox rows are removed after the retention time. A message without its row is known to be published; no
 * other detail of its delivery is known.
 */
record Delivery(
        @Schema(description = "whether it was sent to every client that had joined")
        boolean published,

        @Schema(description = "time of the publication; null if not yet published, or no longer known") @Nullable
        Instant publishedAt,

        @Schema(description = "attempts so far; null if no longer known") @Nullable
        Integer attempts,

        @Schema(description = "error of the last attempt; null if there was none") @Nullable
        String lastError) {}
