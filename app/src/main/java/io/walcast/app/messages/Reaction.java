package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The reactions of one kind to a message, as one user gets them. */
record Reaction(
        @Schema(example = "\uD83D\uDC4D") String emoji,

        @Schema(description = "number of users that reacted with it")
        long count,

        @Schema(description = "at most five of them", example = "[\"u1\", \"u2\"]")
        List<String> users,

        @Schema(description = "whether the caller is one of them")
        boolean mine) {}
