package io.walcast.app.conversations;

import io.swagger.v3.oas.annotations.media.Schema;
import io.walcast.app.problems.StorableText;
import io.walcast.identity.UserId;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request to create a conversation. */
record NewConversation(
        @StorableText @Size(min = 1, max = 200, message = "must have 1 to 200 characters") @Nullable
        String title,

        @Schema(description = "user ids; the caller becomes a member in any case", example = "[\"u1\", \"u2\"]")
        @NotNull(message = "is required")
        @Size(max = 1000, message = "must not have more than 1000 members")
        List<@NotNull(message = "must not be null") @Pattern(regexp = UserId.PATTERN, message = UserId.RULE) String>
                members) {}
