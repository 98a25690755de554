package io.walcast.app.messages;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.walcast.app.limits.RequestMemory;
import io.walcast.app.problems.MayAnswer;
import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.ServerPaths;
import io.walcast.identity.UserId;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** HTTP endpoints for the history of a conversation, and for its log. */
@RestController
@RequestMapping(path = ServerPaths.CONVERSATIONS, produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Messages")
class HistoryController {

    private static final String PLACE = "\\d{1,19}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final String PLACE_RULE = "must be a seq, which is 0 or more, or the id of a message";

    private final Messages messages;
    private final HistoryPages history;
    private final EventPages log;
    private final RequestMemory memory;

    HistoryController(Messages messages, HistoryPages history, EventPages log, RequestMemory memory) {
        this.messages = messages;
        this.history = history;
        this.log = log;
        this.memory = memory;
    }

    @GetMapping("/{conversationId}/messages")
    @Operation(
            summary = "The history of a conversation",
            description =
                    "In order of seq, as the messages are now, with their reactions. `after`, `before` or `around` names a"
                            + " message by its seq or its id; without any of them the history begins at its first message."
                            + " A page has at most `limit` messages, and fewer if they are long: those that are nearest to"
                            + " the one that is named.")
    @ApiResponse(
            responseCode = "200",
            description =
                    "A page. The header Link leads to the next page, of newer messages, with rel=\"next\", and to the"
                            + " one before it, of older messages, with rel=\"prev\", if there is one",
            headers =
                    @Header(
                            name = "Link",
                            description = "for example `</conversations/ID/messages?after=7&limit=100>; rel=\"next\"`",
                            schema = @Schema(type = "string")))
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.BUSY})
    ResponseEntity<List<Message>> history(
            UserId caller,
            @PathVariable UUID conversationId,
            @Parameter(
                            description = "the last message that the client has: a seq, or the id of a message",
                            example = "0")
                    @RequestParam(required = false)
                    @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable
                    String after,
            @Parameter(description = "the first message that the client has: a seq, or the id of a message")
                    @RequestParam(required = false)
                    @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable
                    String before,
            @Parameter(description = "a message of which the client wants both sides: a seq, or the id of a message")
                    @RequestParam(required = false)
                    @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable
                    String around,
            @RequestParam(defaultValue = "100")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 1000, message = "must be at most 1000")
                    int limit) {
        if (Stream.of(after, before, around).filter(Objects::nonNull).count() > 1) {
            throw ProblemException.invalid("after", "cannot be combined with before or around: send one of the three");
        }
        Start start = before != null
                ? Start.of(HistoryPages.Side.BEFORE, "before", before)
                : around != null
                        ? Start.of(HistoryPages.Side.AROUND, "around", around)
                        : Start.of(HistoryPages.Side.AFTER, "after", after == null ? "0" : after);
        if (!messages.isMember(conversationId, caller)) {
            throw ProblemException.conversationNotFound();
        }
        long seq = start.message() == null ? start.seq() : seqOf(conversationId, start.message());
        var page = memory.read(
                caller, () -> history.page(conversationId, caller, start.side(), seq, limit, memory.pageBytes()));
        var response = ResponseEntity.ok();
        if (page.more()) {
            response.header(HttpHeaders.LINK, link(conversationId, "after", page.last(), limit, "next"));
        }
        if (page.earlier()) {
            response.header(HttpHeaders.LINK, link(conversationId, "before", page.first(), limit, "prev"));
        }
        return response.body(page.items());
    }

    /** The message from which a page is read. @param message its id; null if its seq was given */
    private record Start(
            HistoryPages.Side side, long seq, @Nullable UUID message) {

        static Start of(HistoryPages.Side side, String parameter, String place) {
            if (place.indexOf('-') >= 0) {
                return new Start(side, 0, UUID.fromString(place));
            }
            try {
                return new Start(side, Long.parseLong(place), null);
            } catch (NumberFormatException e) {
                throw ProblemException.invalid(parameter, PLACE_RULE);
            }
        }
    }

    private long seqOf(UUID conversationId, UUID message) {
        return history.seq(conversationId, message)
                .orElseThrow(
                        () -> new ProblemException(ProblemType.NOT_FOUND, "The conversation has no such message."));
    }

    private static String link(UUID conversationId, String side, Message message, int limit, String relation) {
        return "<" + ServerPaths.CONVERSATIONS + "/" + conversationId + "/messages?" + side + "=" + message.seq()
                + "&limit=" + limit + ">; rel=\"" + relation + "\"";
    }

    @GetMapping("/{conversationId}/events")
    @Operation(
            summary = "The log of a conversation",
            description =
                    "Every event after `pos`, as over WebSocket: messages, edits, deletions, reactions, members and the"
                            + " title. Each brings a client from `from` to `pos`, and carries the present state of its"
                            + " subject. Superseded events are left out.")
    @ApiResponse(
            responseCode = "200",
            description = "A page; if there is a next one, the header Link with rel=\"next\" leads to it",
            headers = @Header(name = "Link", schema = @Schema(type = "string")))
    @MayAnswer({ProblemType.NOT_FOUND, ProblemType.HISTORY_CHANGED, ProblemType.BUSY})
    ResponseEntity<List<LogEvent>> events(
            UserId caller,
            @PathVariable UUID conversationId,
            @Parameter(description = "pos of the last event that the client has; 0 for all of the log")
                    @RequestParam(defaultValue = "0")
                    @Min(value = 0, message = "must not be negative")
                    long pos,
            @RequestParam(defaultValue = "100")
                    @Min(value = 1, message = "must be at least 1")
                    @Max(value = 1000, message = "must be at most 1000")
                    int limit) {
        if (!messages.isMember(conversationId, caller)) {
            throw ProblemException.conversationNotFound();
        }
        var page = memory.read(caller, () -> log.after(conversationId, caller, pos, limit, memory.pageBytes()));
        var response = ResponseEntity.ok();
        if (page.more()) {
            response.header(
                    HttpHeaders.LINK,
                    "<" + ServerPaths.CONVERSATIONS + "/" + conversationId + "/events?pos="
                            + page.last().pos() + "&limit=" + limit + ">; rel=\"next\"");
        }
        return response.body(page.items());
    }
}
