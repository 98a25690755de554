package io.walcast.identity;

/**
 * The request headers that pages of other origins may send (CORS): one list for all code that answers preflight
 * requests.
 */
public final class CallHeaders {

    /**
     * The headers that clients of this API send, and those that tools which trace requests in browsers add: W3C Trace
     * Context and Baggage (OpenTelemetry, Elastic, Grafana Faro), Sentry, Zipkin, Jaeger, Datadog, New Relic.
     */
    public static final String ALLOWED = String.join(
            ", ",
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-User-Id",
            "X-Request-Id",
            "X-Correlation-Id",
            "X-Requested-With",
            "traceparent",
            "tracestate",
            "baggage",
            "sentry-trace",
            "b3",
            "X-B3-TraceId",
            "X-B3-SpanId",
            "X-B3-ParentSpanId",
            "X-B3-Sampled",
            "X-B3-Flags",
            "uber-trace-id",
            "elastic-apm-traceparent",
            "newrelic",
            "x-datadog-trace-id",
            "x-datadog-parent-id",
            "x-datadog-origin",
            "x-datadog-sampling-priority",
            "x-datadog-tags");

    private CallHeaders() {}
}
