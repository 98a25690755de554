package io.walcast.app.limits;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.RequestBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Refuses a request body that is too large (with an announced length or in chunks), a body that takes too long to
 * arrive, and any body while all bodies together take too much memory. Stateless.
 */
@ControllerAdvice(basePackages = "io.walcast.app")
final class BodyLimitAdvice extends RequestBodyAdviceAdapter {

    /** In bytes. JSON escapes make a text up to three times as long as its UTF-8, except for control characters. */
    static final int LIMIT = 256 * 1024;

    private final RequestMemory memory;

    BodyLimitAdvice(RequestMemory memory) {
        this.memory = memory;
    }

    @Override
    public boolean supports(
            MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converterType)
            throws IOException {
        if (message.getHeaders().getContentLength() > LIMIT) {
            throw tooLarge();
        }
        try {
            byte[] body = memory.body(message.getBody(), LIMIT);
            if (body.length > LIMIT) {
                throw tooLarge();
            }
            return new ReadBody(message.getHeaders(), new ByteArrayInputStream(body));
        } catch (RequestBody.SlowException e) {
            throw new ProblemException(ProblemType.REQUEST_TIMEOUT, "The body took more than 10 s to arrive.");
        }
    }

    private static ProblemException tooLarge() {
        return new ProblemException(ProblemType.BODY_TOO_LARGE, "The body has more than " + LIMIT + " bytes.");
    }

    private record ReadBody(HttpHeaders headers, InputStream body) implements HttpInputMessage {

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public InputStream getBody() {
            return body;
        }
    }
}
