package io.walcast.app.messages;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.app.limits.WriteRate;
import io.walcast.app.problems.MayAnswer;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.UserId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Messages over HTTP. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Messages", description = "Posting, history, and what became of a message")
class MessageController {

    private final Messages messages;
    private final Posting posting;
    private final WriteRate rate;
    private final Timer posts;

    MessageController(Messages messages, Posting posting, WriteRate rate, MeterRegistry meters) {
        this.messages = messages;
        this.posting = posting;
        this.rate = rate;
        this.posts = Timer.builder("walcast.posts")
                .description("Posts of messages, from the request's body being read to the commit")
                .register(meters);
    }

    @PostMapping(path = "/messages", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Post a message",
            description =
                    "Everyone who has joined the conversation's room hears message.created with the same message.")
    @ApiResponse(responseCode = "201", description = "It is stored; or it was, by an earlier post with the same key")
    @MayAnswer({
        ProblemType.NOT_FOUND,
        ProblemType.PARENT_NOT_FOUND,
        ProblemType.IDEMPOTENCY_KEY_REUSED,
        ProblemType.TOO_MANY_REQUESTS
    })
    Message post(
            UserId caller,
            @Valid @RequestBody NewMessage message,
            @Parameter(
                            description = "With a key that you make up for the message, such as a UUID, a post can be"
                                    + " repeated until it is answered: the message is stored once.")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Pattern(regexp = "[!-~]{1,200}", message = "must be 1 to 200 visible ASCII characters")
                    @Nullable
                    String idempotencyKey) {
        rate.count(caller);
        return posts.record(() -> posting.post(caller, message, idempotencyKey));
    }

    @GetMapping("/conversations/{conversationId}/messages")
    @Operation(summary = "The history of a conversation", description = "In order of seq, from the one after `after`.")
    @MayAnswer(ProblemType.NOT_FOUND)
    List<Message> history(
            UserId caller,
            @PathVariable UUID conversationId,
            @Parameter(description = "the last seq that the client has")
                    @RequestParam(defaultValue = "0")
                    @Min(value = 0, message = "must not be negative")
                    long after,
            @RequestParam(defaultValue = "100")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 1000, message = "must be at most 1000")
                    int limit) {
        if (!messages.isMember(conversationId, caller)) {
            throw ProblemException.notFound("conversation");
        }
        return messages.history(conversationId, after, limit);
    }

    @GetMapping("/messages/{messageId}/delivery")
    @Operation(summary = "What became of a message")
    @MayAnswer(ProblemType.NOT_FOUND)
    Delivery delivery(UserId caller, @PathVariable UUID messageId) {
        return messages.delivery(messageId, caller).orElseThrow(() -> ProblemException.notFound("message"));
    }
}
