package io.walcast.app.messages;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.app.limits.Page;
import io.walcast.app.limits.RequestMemory;
import io.walcast.app.limits.WriteRate;
import io.walcast.app.problems.MayAnswer;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.ServerPaths;
import io.walcast.identity.UserId;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for messages. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Messages", description = "Posting, editing, deleting, reactions, history, and delivery status")
class MessageController {

    private final Messages messages;
    private final Posting posting;
    private final MessageChanges changes;
    private final WriteRate rate;
    private final RequestMemory memory;
    private final Timer posts;

    MessageController(
            Messages messages,
            Posting posting,
            MessageChanges changes,
            WriteRate rate,
            RequestMemory memory,
            MeterRegistry meters) {
        this.messages = messages;
        this.posting = posting;
        this.changes = changes;
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
            description =
                    "The message is stored, by this post or by an earlier one with the same key; then it is answered"
                            + " as it is now")
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

    @GetMapping(ServerPaths.MESSAGES + "/{messageId}")
    @Operation(summary = "One message", description = "As it is now, with its reactions.")
    @ApiResponse(
            responseCode = "200",
            description = "The message; its version is the header ETag",
            headers = @Header(name = "ETag", schema = @Schema(type = "string", example = "\"7\"")))
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.BUSY})
    Message get(UserId caller, @PathVariable UUID messageId, HttpServletResponse response) {
        return answer(memory.read(caller, () -> messages.find(messageId, caller)), response);
    }

    @PatchMapping(path = ServerPaths.MESSAGES + "/{messageId}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Edit a message",
            description =
                    "For its sender. Clients that joined the conversation get message.edited with the message. An edit"
                            + " may be repeated: one that changes nothing writes nothing. The former text is not kept.")
    @ApiResponse(
            responseCode = "200",
            description = "The message has this content; its version is the header ETag",
            headers = @Header(name = "ETag", schema = @Schema(type = "string", example = "\"7\"")))
    @MayAnswer({
        ProblemType.NOT_FOUND,
        ProblemType.NOT_THE_SENDER,
        ProblemType.MESSAGE_DELETED,
        ProblemType.VERSION_MISMATCH,
        ProblemType.TOO_MANY_REQUESTS
    })
    Message edit(
            UserId caller,
            @PathVariable UUID messageId,
            @Valid @RequestBody NewContent edit,
            @Parameter(
                            description =
                                    "The version of the message that the caller has seen, in quotes, as in ETag. If the"
                                            + " message has another one by now, nothing is stored.",
                            example = "\"7\"")
                    @RequestHeader(name = HttpHeaders.IF_MATCH, required = false)
                    @Pattern(
                            regexp = "\\*|\"\\d{1,18}\"",
                            message = "must be the version of the message in quotes, as in ETag, or *")
                    @Nullable
                    String ifMatch,
            HttpServletResponse response) {
        rate.count(caller);
        changes.edit(messageId, caller, edit.content(), expectedVersion(ifMatch));
        // A stored edit must not be answered with busy. The answer is about as long as the body, which is counted.
        return answer(messages.find(messageId, caller), response);
    }

    @DeleteMapping(ServerPaths.MESSAGES + "/{messageId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Delete a message",
            description = "For its sender and the owners of its conversation. Clients that joined the conversation get"
                    + " message.deleted. Its content and its reactions are not kept; its seq stays used.")
    @ApiResponse(responseCode = "204", description = "The message is deleted")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.NOT_AN_OWNER, ProblemType.TOO_MANY_REQUESTS})
    void delete(UserId caller, @PathVariable UUID messageId) {
        rate.count(caller);
        changes.delete(messageId, caller);
    }

    private static @Nullable Long expectedVersion(@Nullable String ifMatch) {
        return ifMatch == null || ifMatch.equals("*") ? null : Long.valueOf(ifMatch.substring(1, ifMatch.length() - 1));
    }

    /** The ETag is set past Spring, which would compare it with If-None-Match: reactions change without the version. */
    private static Message answer(Page<Message> found, HttpServletResponse response) {
        var message = found.items().stream().findAny().orElseThrow(ProblemException::messageNotFound);
        response.setHeader(HttpHeaders.ETAG, "\"" + message.version() + "\"");
        return message;
    }

    @GetMapping(ServerPaths.MESSAGES + "/{messageId}/delivery")
    @Operation(summary = "The delivery status of a message")
    @MayAnswer(ProblemType.NOT_FOUND)
    Delivery delivery(UserId caller, @PathVariable UUID messageId) {
        return messages.delivery(messageId, caller).orElseThrow(ProblemException::messageNotFound);
    }
}
