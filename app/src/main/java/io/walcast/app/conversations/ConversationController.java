package io.walcast.app.conversations;

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
import java.net.URI;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** HTTP endpoints for conversations. */
@RestController
@RequestMapping(path = ServerPaths.CONVERSATIONS, produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Conversations", description = "Conversations with their members and read markers")
class ConversationController {

    private final Conversations conversations;
    private final Membership membership;
    private final Titles titles;
    private final ReadMarkers reads;
    private final WriteRate rate;
    private final RequestMemory memory;

    ConversationController(
            Conversations conversations,
            Membership membership,
            Titles titles,
            ReadMarkers reads,
            WriteRate rate,
            RequestMemory memory) {
        this.conversations = conversations;
        this.membership = membership;
        this.titles = titles;
        this.reads = reads;
        this.rate = rate;
        this.memory = memory;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Create a conversation",
            description = "The caller is always one of its members, and its owner.")
    @ApiResponse(responseCode = "201", description = "The conversation was created")
    @MayAnswer(ProblemType.TOO_MANY_REQUESTS)
    ResponseEntity<Conversation> create(UserId caller, @Valid @RequestBody NewConversation conversation) {
        rate.count(caller);
        var created = conversations.create(caller, conversation);
        return ResponseEntity.created(URI.create(ServerPaths.CONVERSATIONS + "/" + created.id()))
                .body(created);
    }

    @GetMapping
    @Operation(
            summary = "My conversations",
            description =
                    "The last updated first; a post moves its conversation to the front. A page has at most `limit`"
                            + " conversations, and fewer if they are long.")
    @ApiResponse(
            responseCode = "200",
            description = "A page; if there is a next one, the header Link with rel=\"next\" leads to it",
            headers = @Header(name = "Link", schema = @Schema(type = "string")))
    @MayAnswer(ProblemType.BUSY)
    ResponseEntity<List<Conversation>> list(
            UserId caller,
            @Parameter(description = "from the Link header of the previous page", schema = @Schema(type = "string"))
                    @RequestParam(required = false)
                    @Nullable
                    Cursor before,
            @RequestParam(defaultValue = "100")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 500, message = "must be at most 500")
                    int limit) {
        var start = before == null ? Cursor.START : before;
        var page = memory.read(caller, () -> conversations.page(caller, start, limit, memory.pageBytes()));
        var response = ResponseEntity.ok();
        if (page.more()) {
            response.header(HttpHeaders.LINK, "<" + following(page.last(), limit) + ">; rel=\"next\"");
        }
        return response.body(page.items());
    }

    private static String following(Conversation last, int limit) {
        return UriComponentsBuilder.fromPath(ServerPaths.CONVERSATIONS)
                .queryParam("before", new Cursor(last.updatedAt().atOffset(ZoneOffset.UTC), last.id()))
                .queryParam("limit", limit)
                .toUriString();
    }

    @GetMapping("/{conversationId}")
    @Operation(summary = "One conversation")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.BUSY})
    Conversation get(UserId caller, @PathVariable UUID conversationId) {
        return memory.read(caller, () -> conversations.find(conversationId, caller)).items().stream()
                .findAny()
                .orElseThrow(ProblemException::conversationNotFound);
    }

    @PatchMapping(path = "/{conversationId}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Change the title of a conversation",
            description = "For owners. Clients that joined the conversation get conversation.changed.")
    @ApiResponse(responseCode = "200", description = "The conversation has this title")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.NOT_AN_OWNER, ProblemType.TOO_MANY_REQUESTS})
    Titles.Titled rename(UserId caller, @PathVariable UUID conversationId, @Valid @RequestBody NewTitle change) {
        rate.count(caller);
        return titles.change(conversationId, caller, change.title());
    }

    @PutMapping(path = "/{conversationId}/read", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Move the caller's read marker",
            description =
                    "The marker moves forward only, and at most to the newest message. It is written at most once a"
                            + " second for each user and conversation; of several within a second the highest wins. Clients"
                            + " of the user, and of small conversations all clients that joined it, get conversation.read.")
    @ApiResponse(responseCode = "204", description = "The marker is written, or will be within about a second")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.TOO_MANY_REQUESTS})
    void read(UserId caller, @PathVariable UUID conversationId, @Valid @RequestBody ReadUpTo marker) {
        rate.count(caller);
        reads.read(conversationId, caller, marker.seq());
    }

    @PutMapping("/{conversationId}/members/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Add a member",
            description = "For owners. Clients that joined the conversation get member.added.")
    @ApiResponse(responseCode = "204", description = "The user is a member")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.NOT_AN_OWNER, ProblemType.TOO_MANY_REQUESTS})
    void add(
            UserId caller,
            @PathVariable UUID conversationId,
            @PathVariable @Pattern(regexp = UserId.PATTERN, message = UserId.RULE) String userId) {
        rate.count(caller);
        membership.add(conversationId, caller, new UserId(userId));
    }

    @DeleteMapping("/{conversationId}/members/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Remove a member, or leave",
            description =
                    "Owners may remove anyone, and any member may leave. Reads, posts and joins of a removed user are refused"
                            + " from now on. When the last owner leaves, the longest-standing member becomes one.")
    @ApiResponse(responseCode = "204", description = "The user is not a member")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.NOT_AN_OWNER, ProblemType.TOO_MANY_REQUESTS})
    void remove(
            UserId caller,
            @PathVariable UUID conversationId,
            @PathVariable @Pattern(regexp = UserId.PATTERN, message = UserId.RULE) String userId) {
        rate.count(caller);
        membership.remove(conversationId, caller, new UserId(userId));
    }

    @PutMapping("/{conversationId}/owners/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Make a member an owner",
            description = "For owners. Clients that joined the conversation get member.changed.")
    @ApiResponse(responseCode = "204", description = "The user is an owner")
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.NOT_AN_OWNER, ProblemType.TOO_MANY_REQUESTS})
    void promote(
            UserId caller,
            @PathVariable UUID conversationId,
            @PathVariable @Pattern(regexp = UserId.PATTERN, message = UserId.RULE) String userId) {
        rate.count(caller);
        membership.promote(conversationId, caller, new UserId(userId));
    }
}
