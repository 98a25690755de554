package io.walcast.relay.delivery;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.walcast.relay.wal.OutboxRow;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Records the delivery of a row as a span in the trace of its post, and adds the trace id to log lines meanwhile.
 *
 * <p>A row without a trace costs one comparison. Spans go to the OpenTelemetry of the process, such as its Java agent.
 * Without one they are dropped.
 */
final class DeliverySpans {

    private static final int NO_HEADERS = "{}".length();

    private static final Pattern TRACEPARENT =
            Pattern.compile("\"traceparent\"\\s*:\\s*\"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\"");

    private final Supplier<OpenTelemetry> openTelemetry;

    DeliverySpans() {
        this(GlobalOpenTelemetry::get);
    }

    DeliverySpans(Supplier<OpenTelemetry> openTelemetry) {
        this.openTelemetry = openTelemetry;
    }

    /**
     * @return whether the sink has delivered the row
     * @throws RuntimeException if the sink refused the row
     */
    boolean deliver(OutboxRow row, Sink.Outcome outcome, Sink sink) throws InterruptedException {
        SpanContext post = row.headers().length() > NO_HEADERS ? traceOf(row.headers()) : null;
        if (post == null) {
            return sink.deliver(row, outcome);
        }
        Span span = openTelemetry
                .get()
                .getTracer("io.walcast.relay")
                .spanBuilder("deliver " + row.topic())
                .setParent(Context.root().with(Span.wrap(post)))
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(row.readAt())
                .setAttribute("messaging.system", "walcast")
                .setAttribute("messaging.destination.name", row.topic())
                .setAttribute("messaging.message.id", Long.toString(row.id()))
                .setAttribute("messaging.message.conversation_id", row.eventKey())
                .startSpan();
        try (var current = span.makeCurrent();
                var trace = MDC.putCloseable("trace.id", post.getTraceId())) {
            return sink.deliver(row, outcome);
        } catch (RuntimeException | Error e) {
            span.recordException(e);
            span.setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            span.end();
        }
    }

    private static @Nullable SpanContext traceOf(String headers) {
        Matcher trace = TRACEPARENT.matcher(headers);
        if (!trace.find()) {
            return null;
        }
        SpanContext post = SpanContext.createFromRemoteParent(
                trace.group(1), trace.group(2), TraceFlags.fromHex(trace.group(3), 0), TraceState.getDefault());
        return post.isValid() ? post : null;
    }
}
