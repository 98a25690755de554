package io.walcast.app.problems;

import io.swagger.v3.oas.annotations.Hidden;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Answers each exception of a request handler with a problem detail of the catalogue. Stateless. */
@Hidden
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> handleDatabase(DataAccessException e, WebRequest request) {
        return Unavailability.isCauseOf(e) ? unavailable(e, request) : handleUnexpected(e, request);
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> handleTransaction(TransactionException e, WebRequest request) {
        return Unavailability.isCauseOf(e) ? unavailable(e, request) : handleUnexpected(e, request);
    }

    /** A query that cannot be decoded; Tomcat decodes it when a parameter is first read. */
    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> handleQuery(InvalidParameterException e, WebRequest request) {
        return answer(
                e,
                new ProblemException(ProblemType.INVALID_REQUEST, "The query of this URL cannot be decoded."),
                request);
    }

    @ExceptionHandler(Exception.class)
    @Nullable
    ResponseEntity<Object> handleUnexpected(Exception e, WebRequest request) {
        LOG.error("{} failed", request.getDescription(false), e);
        return answer(e, new ProblemException(ProblemType.INTERNAL_ERROR, "An unexpected error occurred."), request);
    }

    private @Nullable ResponseEntity<Object> unavailable(Exception e, WebRequest request) {
        LOG.warn("{} found no database: {}", request.getDescription(false), e.getMessage());
        // Random, so that clients that failed together do not come back together.
        var seconds = ThreadLocalRandom.current().nextInt(1, 6);
        var problem = new ProblemException(ProblemType.UNAVAILABLE, "Try again in " + seconds + " s.")
                .withHeader(HttpHeaders.RETRY_AFTER, Integer.toString(seconds));
        return answer(e, problem, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(e, Violations.unreadable(e), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(e, ProblemException.invalid(Violations.of(e)), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        // A violation in the return value is a fault of the server.
        return e.isForReturnValue()
                ? handleUnexpected(e, request)
                : answer(e, ProblemException.invalid(Violations.of(e)), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(e, ProblemException.invalid(Violations.of(e)), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(e, new ProblemException(ProblemType.UNKNOWN_ROUTE, "There is nothing at this path."), request);
    }

    private @Nullable ResponseEntity<Object> answer(Exception cause, ProblemException problem, WebRequest request) {
        if (request instanceof ServletWebRequest servlet
                && servlet.getResponse() != null
                && servlet.getResponse().isCommitted()) {
            return null; // The client has disconnected.
        }
        return handleExceptionInternal(
                cause, problem.getBody(), problem.getHeaders(), problem.getStatusCode(), request);
    }

    /**
     * Every answer passes through here, so that problems that the framework found get their type of the catalogue. The
     * content type is set, so that a client with a malformed Accept gets an answer too.
     */
    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem && problem.getProperties() == null) {
            ProblemType.of(status).describe(problem);
        }
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body);
    }
}
