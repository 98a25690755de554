package io.walcast.app.problems;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Refuses a request body above a size, whether it announces its length or comes in chunks, and one that takes too long to
 * come, however steadily. Stateless.
 */
@ControllerAdvice(basePackages = "io.walcast.app")
final class BodyLimit extends RequestBodyAdviceAdapter {

    /** In bytes. JSON escapes make a text up to three times as long as its UTF-8, control characters aside. */
    private static final int LIMIT = 256 * 1024;

    /** Bytes: what most bodies fit into. */
    private static final int PIECE = 2 * 1024;

    /** The container waits for each piece of a body, but not for only so long in all. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

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
        var body = read(message.getBody());
        return new ReadBody(message.getHeaders(), new ByteArrayInputStream(body));
    }

    private static byte[] read(InputStream stream) throws IOException {
        long begun = System.nanoTime();
        var body = new byte[PIECE];
        int length = 0;
        while (true) {
            int read = stream.read(body, length, body.length - length);
            if (read < 0) {
                return Arrays.copyOf(body, length);
            }
            length += read;
            if (length > LIMIT) {
                throw tooLarge();
            }
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new ProblemException(ProblemType.REQUEST_TIMEOUT, "The body took more than 10 s to come.");
            }
            if (length == body.length) {
                body = Arrays.copyOf(body, 2 * length);
            }
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
