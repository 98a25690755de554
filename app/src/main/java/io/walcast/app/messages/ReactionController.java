package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.app.limits.WriteRate;
import io.walcast.app.problems.MayAnswer;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.ServerPaths;
import io.walcast.identity.UserId;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for reactions to messages. */
@RestController
@RequestMapping(
        path = ServerPaths.MESSAGES + "/{messageId}/reactions/{emoji}",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Messages")
class ReactionController {

    private final MessageChanges changes;
    private final WriteRate rate;

    ReactionController(MessageChanges changes, WriteRate rate) {
        this.changes = changes;
        this.rate = rate;
    }

    @PutMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "React to a message",
            description =
                    "For members. Clients that joined the conversation get reactions.changed with all reactions to the"
                            + " message. A message has at most 20 kinds of reactions.")
    @ApiResponse(responseCode = "204", description = "The caller has reacted with this emoji")
    @MayAnswer({
        ProblemType.NOT_FOUND,
        ProblemType.MESSAGE_DELETED,
        ProblemType.TOO_MANY_REACTIONS,
        ProblemType.TOO_MANY_REQUESTS
    })
    void react(
            UserId caller,
            @PathVariable UUID messageId,
            @Parameter(description = "an emoji, or a name between colons", example = "\uD83D\uDC4D")
                    @PathVariable
                    @Emoji
                    String emoji) {
        rate.count(caller);
        changes.react(messageId, caller, emoji, true);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take a reaction back")
    @ApiResponse(responseCode = "204", description = "The caller has not reacted with this emoji")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.MESSAGE_DELETED, ProblemType.TOO_MANY_REQUESTS})
    void takeBack(
            UserId caller,
            @PathVariable UUID messageId,
            @Parameter(description = "an emoji, or a name between colons", example = "\uD83D\uDC4D")
                    @PathVariable
                    @Emoji
                    String emoji) {
        rate.count(caller);
        changes.react(messageId, caller, emoji, false);
    }
}
