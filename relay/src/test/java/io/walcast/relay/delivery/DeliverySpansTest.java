package io.walcast.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.walcast.relay.wal.OutboxRow;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class DeliverySpansTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String POST = "00f067aa0ba902b7";
    private static final String HEADERS = "{\"traceparent\": \"00-%s-%s-01\"}".formatted(TRACE, POST);

    private static final Sink.Outcome DELIVERY = new Sink.Outcome() {
        @Override
        public void delivered() {}

        @Override
        public void abandoned() {}
    };

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetry openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final DeliverySpans tracing = new DeliverySpans(() -> openTelemetry);

    @Test
    void goesOnInTheTraceOfThePost() throws InterruptedException {
        deliver(HEADERS, sink(() -> {
            assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
            assertThat(MDC.get("trace.id")).isEqualTo(TRACE);
        }));
        assertThat(MDC.get("trace.id")).isNull();
        assertThat(spans.getFinishedSpanItems()).singleElement().satisfies(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getParentSpanId()).isEqualTo(POST);
            assertThat(span.getName()).isEqualTo("deliver topic");
        });
    }

    @Test
    void saysThatItFailed() {
        assertThatThrownBy(() -> deliver(HEADERS, sink(() -> {
                    throw new IllegalStateException("no room");
                })))
                .hasMessage("no room");
        assertThat(spans.getFinishedSpanItems())
                .singleElement()
                .satisfies(span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
    }

    @Test
    void isNoneWithoutATrace() throws InterruptedException {
        for (String headers : new String[] {"{}", "{\"other\": 1}", HEADERS.replace(POST, "0000000000000000")}) {
            deliver(headers, sink(() -> assertThat(MDC.get("trace.id")).isNull()));
        }
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    private void deliver(String headers, Sink sink) throws InterruptedException {
        assertThat(tracing.deliver(row(headers), DELIVERY, sink)).isTrue();
    }

    private static Sink sink(Runnable work) {
        var sink = new RecordingSink();
        sink.beforeTaking(row -> work.run());
        return sink;
    }

    private static OutboxRow row(String headers) {
        return new OutboxRow(1, "topic", "key", "{}", headers, "2026-01-01T00:00:00Z", 0, null, Instant.EPOCH);
    }
}
