package io.walcast.app.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation as its members see it. */
record Conversation(
        UUID id,
        @Nullable String title,
        @Schema(description = "user ids, sorted") List<String> members,

        @Schema(description = "those of the members who may change the members")
        List<String> owners,

        @Schema(description = "seq of the newest message, 0 if there is none")
        long lastSeq,

        Instant createdAt,

        @Schema(description = "when the newest message was posted")
        Instant updatedAt) {}
