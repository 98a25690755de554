package io.walcast.app.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** The body of a read marker. */
record ReadUpTo(
        @Schema(description = "seq of the newest message that the caller has read", example = "7")
        @NotNull(message = "is required")
        @Min(value = 0, message = "must not be negative")
        Long seq) {}
