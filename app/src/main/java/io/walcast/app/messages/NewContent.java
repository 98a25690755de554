package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import io.walcast.app.problems.StorableText;
import jakarta.validation.constraints.NotNull;

/** The body of an edit. */
record NewContent(
        @Schema(
                description = "at most 64 KiB in UTF-8; of an IMAGE or a FILE it may be empty",
                example = "hello, world")
        @NotNull(message = "is required")
        @StorableText(maxBytes = 64 * 1024)
        String content) {}
