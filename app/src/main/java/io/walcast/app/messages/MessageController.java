package io.walcast.app.messages;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.app.limits.RequestMemory;
import io.walcast.app.limits.WriteRate;
import io.walcast.app.problems.MayAnswer;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.ServerPaths;
import io.walcast.identity.UserId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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
@Tag(name = "Messages", description = "Posting, history, and delivery status")
class MessageController {

    private final Messages messages;
    private final Posting posting;
    private final WriteRate rate;
    private final RequestMemory memory;
    private final Timer posts;

    MessageController(Messages messages, Posting posting, WriteRate rate, RequestMemory memory, MeterRegistry meters) {
        this.messages = messages;
        this.posting = posting;
        this.rate = rate;
        this.memory = memory;
        this.posts = Timer.builder("walcast.posts")
                .description("Posts of messages, from the request's body being read to the commit")
                .register(meters);
    }

    @PostMapping(path = ServerPaths.MESSAGES, consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Post a message",
            description = "Clients that joined the conversation get message.created with the same message.")
    @ApiResponse(
            responseCode = "201",
            description = "The message is stored, by this post or by an earlier one with the same key")
    @MayAnswer({
        ProblemType.NOT_FOUND,
        ProblemType.PARENT_NOT_FOUND,
        ProblemType.IDEMPOTENCY_KEY_REUSED,
        ProblemType.TOO_MANY_REQUESTS,
        ProblemType.OVERLOADED
    })
    Message post(
            UserId caller,
            @Valid @RequestBody NewMessage message,
            @Parameter(
                            description =
                                    "With a key that you choose for the message, such as a UUID, you can repeat a post"
                                            + " until it is answered: the message is stored once.")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Pattern(regexp = "[!-~]{1,200}", message = "must be 1 to 200 visible ASCII characters")
                    @Nullable
                    String idempotencyKey) {
        rate.count(caller);
        return posts.record(() -> posting.post(caller, message, idempotencyKey));
    }

    @GetMapping(ServerPaths.CONVERSATIONS + "/{conversationId}/messages")
    @Operation(
            summary = "The history of a conversation",
            description =
                    "In order of seq, from the one after `after`. A page has at most `limit` messages, and fewer if"
                            + " they are long.")
    @ApiResponse(
            responseCode = "200",
            description = "A page; if there is a next one, the header Link with rel=\"next\" leads to it",
            headers = @Header(name = "Link", schema = @Schema(type = "string")))
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.BUSY})
    ResponseEntity<List<Message>> history(
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
            throw ProblemException.conversationNotFound();
        }
        var page = memory.read(caller, () -> messages.history(conversationId, after, limit, memory.pageBytes()));
        var response = ResponseEntity.ok();
        if (page.more()) {
            response.header(
                    HttpHeaders.LINK,
                    "<" + ServerPaths.CONVERSATIONS + "/" + conversationId + "/messages?after="
                            + page.last().seq() + "&limit=" + limit + ">; rel=\"next\"");
        }
        return response.body(page.items());
    }

    @GetMapping(ServerPaths.MESSAGES + "/{messageId}/delivery")
    @Operation(summary = "The delivery status of a message")
    @MayAnswer(ProblemType.NOT_FOUND)
    Delivery delivery(UserId caller, @PathVariable UUID messageId) {
        return messages.delivery(messageId, caller)
                .orElseThrow(() -> new ProblemException(
                        ProblemType.NOT_FOUND, "No such message, or you are not a member of its conversation."));
    }
}
