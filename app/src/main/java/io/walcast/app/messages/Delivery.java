package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message on its way to the clients.
 *
 * <p>Published outbox rows are removed after a time. Of a message whose row is gone it is known that it was published,
 * and nothing more.
 */
record Delivery(
        @Schema(description = "whether it was handed to every client that had joined")
        boolean published,

        @Schema(description = "when; null if not yet, or if that is no longer known") @Nullable
        Instant publishedAt,

        @Schema(description = "attempts so far; null if no longer known") @Nullable
        Integer attempts,

        @Schema(description = "why the last attempt failed; null if it did not") @Nullable
        String lastError) {}
