package io.walcast.app.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import io.walcast.app.problems.StorableText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** The body of a request to change a title. */
record NewTitle(
        @Schema(example = "Plans for May")
        @NotNull(message = "is required")
        @StorableText
        @Size(min = 1, max = 200, message = "must have 1 to 200 characters")
        String title) {}
