package io.walcast.app.outbox;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The current trace as headers of an outbox row, so that the delivery of the row continues it.
 *
 * <p>It is the current span of OpenTelemetry, if an agent creates one for each request, else the {@code traceparent}
 * that the caller sent.
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
        // The specification says to ignore a malformed one.
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
