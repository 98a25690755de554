package io.walcast.app.problems;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.MethodParameter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Finds the invalid fields in the framework's exceptions, and words them independently of the framework. */
final class Violations {

    private Violations() {}

    static List<Violation> of(MethodArgumentNotValidException e) {
        return e.getBindingResult().getAllErrors().stream()
                .map(error -> violation(error, error.getObjectName()))
                .toList();
    }

    static List<Violation> of(HandlerMethodValidationException e) {
        return e.getParameterValidationResults().stream()
                .flatMap(Violations::of)
                .toList();
    }

    private static Stream<Violation> of(ParameterValidationResult result) {
        var name = nameInRequest(result.getMethodParameter());
        return result.getResolvableErrors().stream().map(error -> violation(error, name));
    }

    private static Violation violation(MessageSourceResolvable error, String otherwise) {
        var message = Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid");
        return new Violation(error instanceof FieldError field ? field.getField() : otherwise, message);
    }

    private static String nameInRequest(MethodParameter parameter) {
        var header = parameter.getParameterAnnotation(RequestHeader.class);
        return header != null && !header.name().isEmpty()
                ? header.name()
                : Objects.requireNonNullElse(parameter.getParameterName(), "request");
    }

    static List<Violation> of(TypeMismatchException e) {
        var name = Objects.requireNonNullElse(e.getPropertyName(), "request");
        return List.of(new Violation(name, mustBe(e.getRequiredType())));
    }

    /** A body that could not be read: malformed JSON, or JSON with a value of a wrong type. */
    static ProblemException unreadable(HttpMessageNotReadableException e) {
        if (e.getCause() instanceof MismatchedInputException mismatch
                && !mismatch.getPath().isEmpty()) {
            return ProblemException.invalid(pathOf(mismatch), mustBe(mismatch.getTargetType()));
        }
        return new ProblemException(ProblemType.MALFORMED_JSON, whyUnreadable(e.getCause()));
    }

    private static String whyUnreadable(@Nullable Throwable cause) {
        if (cause instanceof MismatchedInputException) {
            return "The body must be one JSON object.";
        }
        if (cause instanceof JacksonException json && json.getLocation() != null) {
            var location = json.getLocation();
            return "The body is malformed JSON from line " + location.getLineNr() + ", column " + location.getColumnNr()
                    + ".";
        }
        return "The body is missing or could not be read.";
    }

    private static String pathOf(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private static String mustBe(@Nullable Class<?> type) {
        if (type == null) {
            return "is not valid";
        } else if (type == UUID.class) {
            return "must be a UUID";
        } else if (type == String.class) {
            return "must be a string";
        } else if (type == int.class || type == long.class || type == Long.class) {
            return "must be a whole number";
        } else if (List.class.isAssignableFrom(type)) {
            return "must be an array";
        } else if (type.isEnum()) {
            return "must be one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(Object::toString)
                            .collect(Collectors.joining(", "));
        }
        return "is not valid";
    }
}
