package io.walcast.app.conversations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A conversation as one of its members sees it. */
record Conversation(
        UUID id,

        @Schema(example = "Plans") @Nullable String title,

        @Schema(description = "pos of the event that last changed the title; 0 if none did")
        long version,

        @Schema(description = "user ids, sorted, as of lastPos; of very many the first 256 KiB, see moreMembers")
        List<String> members,

        @Schema(description = "those of the members who may change members and title, and delete messages of others")
        List<String> owners,

        @Schema(description = "true if there are members or owners that are not named here; else it is left out")
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean moreMembers,

        @Schema(description = "seq of the newest message, 0 if there is none")
        long lastSeq,

        @Schema(description = "pos of the newest event of the log")
        long lastPos,

        @Schema(description = "seq up to which the caller has read")
        long readSeq,

        @Schema(description = "messages that the caller has not read: lastSeq - readSeq")
        long unread,

        @Schema(description = "the newest message, with at most 200 characters of its content; null if there is none")
        @Nullable
        Newest lastMessage,

        Instant createdAt,

        @Schema(description = "when the newest message was posted")
        Instant updatedAt) {

    /** The newest message, for a list of conversations. */
    @Schema(name = "LastMessage")
    record Newest(
            UUID id,
            String senderId,
            String type,

            @Schema(description = "its first 200 characters; null once it is deleted") @Nullable
            String content,

            long seq,
            Instant createdAt,
            long version,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant editedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant deletedAt) {}
}
