package io.walcast.app.conversations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation as its members see it. */
record Conversation(
        UUID id,
        @Nullable String title,

        @Schema(description = "user ids, sorted; of very many the first 256 KiB, see moreMembers")
        List<String> members,

        @Schema(description = "those of the members who may change the members")
        List<String> owners,

        @Schema(description = "true if there are members or owners that are not named here; else it is left out")
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean moreMembers,

        @Schema(description = "seq of the newest message, 0 if there is none")
        long lastSeq,

        Instant createdAt,

        @Schema(description = "when the newest message was posted")
        Instant updatedAt) {}
