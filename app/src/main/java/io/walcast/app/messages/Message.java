package io.walcast.app.messages;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.walcast.identity.UserId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as clients get it. Without reactions its JSON equals that of {@code message_json} in the schema. */
record Message(
        UUID id,
        UUID conversationId,

        @Schema(example = "u1") String senderId,
        Type type,

        @Schema(description = "null once the message is deleted", example = "hello") @Nullable
        String content,

        @Schema(description = "the message that this one answers") @Nullable
        UUID parentId,

        @Schema(description = "1, 2, 3... in its conversation, without gaps")
        long seq,

        Instant createdAt,

        @Schema(
                description = "pos of the event that last changed the message: its creation, newest edit, or deletion."
                        + " Of two states of a message the one with the higher version is the newer one.")
        long version,

        @Schema(description = "time of the last edit; left out if there was none")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Instant editedAt,

        @Schema(description = "time of the deletion; left out if it is not deleted")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Instant deletedAt,

        @Schema(
                description =
                        "in the order of their first appearance; left out if no user reacted, and in answers to posts")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        List<Reaction> reactions,

        @Schema(description = "pos of the event that last changed the reactions; present with them only")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Long reactionsVersion) {

    /** The kind of a message; only the server writes {@link #SYSTEM}. */
    enum Type {
        TEXT,
        IMAGE,
        FILE,
        SYSTEM
    }

    /** The message that a post created. @param pos pos of its event, which is the version of the message */
    static Message posted(UUID id, UserId sender, NewMessage post, long seq, Instant createdAt, long pos) {
        return new Message(
                id,
                post.conversationId(),
                sender.value(),
                Type.valueOf(post.type().name()),
                post.content(),
                post.parentId(),
                seq,
                createdAt,
                pos,
                null,
                null,
                null,
                null);
    }
}
