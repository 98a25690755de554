package io.walcast.app.outbox;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The trace that the work in hand belongs to, as headers of an outbox row, so that its delivery goes on in it.
 *
 * <p>It is the current span of OpenTelemetry, if an agent makes one for each request, else what the caller sent as
 * {@code traceparent}.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context, section 3.2</a>
 */
public final class TraceContext {

    private static final String NONE = "{}";
    private static final String HEADER = "traceparent";

    private static final Pattern TRACEPARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    /** A JSON object: empty if there is no trace. */
    public static String asHeaders() {
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            return json("00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                    + span.getTraceFlags().asHex());
        }
        String received = received();
        // One that is malformed counts as none, says the specification.
        return received != null && TRACEPARENT.matcher(received).matches() ? json(received) : NONE;
    }

    private static @Nullable String received() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
                ? request.getRequest().getHeader(HEADER)
                : null;
    }

    private static String json(String traceparent) {
        return "{\"" + HEADER + "\": \"" + traceparent + "\"}";
    }
}
