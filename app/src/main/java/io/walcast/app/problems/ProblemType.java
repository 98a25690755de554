package io.walcast.app.problems;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** The catalogue of problems. Clients decide by {@link #code()}, whose meaning never changes. */
public enum ProblemType {
    INVALID_REQUEST(
            HttpStatus.BAD_REQUEST,
            "The request is not valid",
            "The array errors names each invalid field, parameter or header, with the rule that it breaks."),
    MALFORMED_JSON(
            HttpStatus.BAD_REQUEST,
            "The body is not a JSON object",
            "Send one well-formed JSON object of at most 5,000 values, names and brackets, not nested deeper than 500 levels."),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "The caller is unknown", "Authentication required; see WWW-Authenticate."),
    TOKEN_EXPIRED(HttpStatus.UNAUTHORIZED, "The token has expired", "Get a new token, then repeat the request."),
    TOKEN_IN_URL(
            HttpStatus.BAD_REQUEST,
            "A token must not be in a URL",
            "Send it in the header Authorization. URLs end up in logs and histories: treat that token as compromised."),
    FORBIDDEN(HttpStatus.FORBIDDEN, "Not for this caller", "Ask an administrator for the authority that this needs."),
    NOT_AN_OWNER(
            HttpStatus.FORBIDDEN,
            "Only owners may do this",
            "You are a member of the conversation, but only its owners may change its members and its title, and delete"
                    + " the messages of others. Any member may leave."),
    NOT_THE_SENDER(
            HttpStatus.FORBIDDEN,
            "Only its sender may do this",
            "A message is edited by its sender alone. Its sender and the owners of its conversation may delete it."),
    ORIGIN_NOT_ALLOWED(
            HttpStatus.FORBIDDEN,
            "Pages of this origin may not call",
            "Add the origin to walcast.gateway.allowed-origins, or serve the page from an origin that is listed there."),
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            "Not found",
            "It does not exist, or you are not a member of its conversation: the answer is the same."),
    UNKNOWN_ROUTE(HttpStatus.NOT_FOUND, "No such route", "Look the path up in the API description."),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "Method not allowed", "The header Allow lists those that are."),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "Not acceptable", "Accept application/json."),
    REQUEST_TIMEOUT(
            HttpStatus.REQUEST_TIMEOUT, "The body arrived too slowly", "Send the whole body within ten seconds."),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large", "Send at most 256 KiB."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", "Send the body as application/json in UTF-8."),
    MESSAGE_DELETED(
            HttpStatus.CONFLICT,
            "The message was deleted",
            "A deleted message stays deleted, and takes no reactions. Show it as deleted; post a new one if need be."),
    TOO_MANY_REACTIONS(
            HttpStatus.CONFLICT,
            "The message has too many kinds of reactions",
            "A message has at most 20 kinds of reactions. React with one that it has."),
    HISTORY_CHANGED(
            HttpStatus.CONFLICT,
            "The log is shorter than that",
            "The database was restored, or failed over to a server that lagged. Forget what you have of the conversation,"
                    + " and read it again from pos=0."),
    VERSION_MISMATCH(
            HttpStatus.PRECONDITION_FAILED,
            "The message was changed meanwhile",
            "Get the message, decide again, and repeat with the version of its ETag in If-Match. Nothing was stored."),
    PARENT_NOT_FOUND(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The parent is not in this conversation",
            "parentId must be the id of a message of the same conversation."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The Idempotency-Key was used for another message",
            "Repeat a post with exactly the same body, or use a new key for a new message."),
    TOO_MANY_REQUESTS(
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many writes",
            "Wait for Retry-After seconds, then write less often. Nothing was stored."),
    OVERLOADED(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Too many posts are waiting",
            "Try again after Retry-After seconds. Nothing was stored."),
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "Internal error",
            "The server failed, and its log tells more. Repeat a post only with the same Idempotency-Key."),
    BUSY(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Too many large requests at once",
            "Try again after Retry-After seconds, with a smaller limit or fewer requests at a time. Nothing was stored."),
    UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The database cannot be reached",
            "Try again after Retry-After seconds. If the connection broke during a post, it is unknown whether that was stored:"
                    + " repeat it with the same Idempotency-Key.");

    private final HttpStatus status;
    private final String title;
    private final String advice;

    ProblemType(HttpStatus status, String title, String advice) {
        this.status = status;
        this.title = title;
        this.advice = advice;
    }

    /** The code for programs, in snake case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The {@code type} of RFC 9457 section 3.1.1; served by {@link ProblemCatalogue}. */
    URI uri() {
        return URI.create(ProblemCatalogue.PATH + "/" + code());
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }

    String advice() {
        return advice;
    }

    /** Gives a problem that another component found, such as the web framework, this type. */
    ProblemDetail describe(ProblemDetail problem) {
        problem.setType(uri());
        problem.setTitle(title);
        problem.setStatus(status);
        problem.setProperty("code", code());
        return problem;
    }

    ProblemDetail describe(String detail) {
        return describe(ProblemDetail.forStatusAndDetail(status, detail));
    }

    /** The type of a problem for which only the status is known. */
    static ProblemType of(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> UNKNOWN_ROUTE;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 408 -> REQUEST_TIMEOUT;
            case 412 -> VERSION_MISMATCH;
            case 413 -> BODY_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 429 -> TOO_MANY_REQUESTS;
            case 503 -> UNAVAILABLE;
            default -> status.is4xxClientError() ? INVALID_REQUEST : INTERNAL_ERROR;
        };
    }
}
