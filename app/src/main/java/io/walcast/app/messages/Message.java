package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as clients get it. Its JSON equals that of {@code message_json} in the schema. */
record Message(
        UUID id,
        UUID conversationId,
        String senderId,
        Type type,
        @Nullable String content,

        @Schema(description = "the message that this one answers") @Nullable
        UUID parentId,

        @Schema(description = "1, 2, 3... in its conversation, without gaps")
        long seq,

        Instant createdAt) {

    /** The kind of a message; only the server writes {@link #SYSTEM}. */
    enum Type {
        TEXT,
        IMAGE,
        FILE,
        SYSTEM
    }

    /** Whether this post would have created this message. */
    boolean isOf(NewMessage post) {
        return conversationId.equals(post.conversationId())
                && type.name().equals(post.type().name())
                && Objects.equals(content, post.content())
                && Objects.equals(parentId, post.parentId());
    }
}
