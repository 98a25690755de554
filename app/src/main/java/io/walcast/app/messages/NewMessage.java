package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import io.walcast.app.problems.StorableText;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The body of a post. */
@ContentWhereNeeded
record NewMessage(
        @NotNull(message = "is required") UUID conversationId,
        @NotNull(message = "is required") Type type,

        @Schema(description = "at most 64 KiB in UTF-8; a TEXT needs it, an IMAGE or a FILE may have one")
        @StorableText(maxBytes = 64 * 1024)
        @Nullable
        String content,

        @Schema(description = "the message of the same conversation that this one answers") @Nullable
        UUID parentId) {

    /** The kinds of messages that a client may post. */
    enum Type {
        TEXT,
        IMAGE,
        FILE
    }
}
