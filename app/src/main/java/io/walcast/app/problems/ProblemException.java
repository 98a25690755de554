package io.walcast.app.problems;

import java.util.List;
import org.springframework.web.ErrorResponseException;

/** A request is refused, with the problem detail that the client gets. */
public final class ProblemException extends ErrorResponseException {

    /** @param detail what is wrong this time, for people */
    public ProblemException(ProblemType type, String detail) {
        super(type.status(), type.describe(detail), null);
    }

    /** Most that an answer names: a list of a body may be wrong at thousands of places. */
    private static final int MOST_VIOLATIONS = 20;

    private ProblemException(List<Violation> violations) {
        this(ProblemType.INVALID_REQUEST, "See errors for what is wrong.");
        getBody()
                .setProperty(
                        "errors", violations.stream().limit(MOST_VIOLATIONS).toList());
    }

    /** Something is not there, or not for the caller to see: the answer must not tell which. */
    public static ProblemException notFound(String what) {
        return new ProblemException(ProblemType.NOT_FOUND, "There is no such " + what + " for you.");
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
