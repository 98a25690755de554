package io.walcast.app.problems;

import java.util.List;
import org.springframework.web.ErrorResponseException;

/** Refuses a request with a problem detail. */
public final class ProblemException extends ErrorResponseException {

    /** @param detail the fault of this request, for people */
    public ProblemException(ProblemType type, String detail) {
        super(type.status(), type.describe(detail), null);
    }

    /** Most violations that an answer lists: a body may have thousands. */
    private static final int MOST_VIOLATIONS = 20;

    private ProblemException(List<Violation> violations) {
        this(ProblemType.INVALID_REQUEST, "See errors for the faults.");
        getBody()
                .setProperty(
                        "errors", violations.stream().limit(MOST_VIOLATIONS).toList());
    }

    /** A conversation does not exist, or the caller is not a member: the answer is the same for both. */
    public static ProblemException conversationNotFound() {
        return new ProblemException(ProblemType.NOT_FOUND, "No such conversation, or you are not a member.");
    }

    /** A message does not exist, or the caller is not a member of its conversation: the answer is the same for both. */
    public static ProblemException messageNotFound() {
        return new ProblemException(
                ProblemType.NOT_FOUND, "No such message, or you are not a member of its conversation.");
    }

    /** One field, parameter or header is wrong; {@code message} completes a sentence that starts with its name. */
    public static ProblemException invalid(String field, String message) {
        return invalid(List.of(new Violation(field, message)));
    }

    static ProblemException invalid(List<Violation> violations) {
        return new ProblemException(violations);
    }

    /** Adds a header to the answer. */
    public ProblemException withHeader(String name, String value) {
        getHeaders().set(name, value);
        return this;
    }
}
