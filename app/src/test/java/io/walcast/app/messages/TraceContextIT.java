package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.walcast.app.outbox.TraceContext;
import io.walcast.app.rest.RestClient;
import io.walcast.app.rest.RestTest;
import io.walcast.db.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The trace of a post is in its outbox row, and the delivery continues it. */
@RestTest
class TraceContextIT {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Autowired
    private RestClient rest;

    @Autowired
    private TestDatabase database;

    @Test
    void isThatOfTheRequest() {
        String conversation = rest.conversation("u1", "u2");
        String message =
                rest.say(conversation, "u1", "hi", "traceparent", TRACEPARENT).text("id");
        assertThat(headers(message)).isEqualTo("{\"traceparent\": \"" + TRACEPARENT + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "\"}, \"x\": {\"",
                "not a trace"
            })
    void isNoneIfThatIsMalformed(String traceparent) {
        String conversation = rest.conversation("u1");
        String message =
                rest.say(conversation, "u1", "hi", "traceparent", traceparent).text("id");
        assertThat(headers(message)).isEqualTo("{}");
    }

    @Test
    void isThatOfTheCurrentSpanIfThereIsOne() {
        var context = SpanContext.create(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00f067aa0ba902b7",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        try (var scope = Span.wrap(context).makeCurrent()) {
            assertThat(TraceContext.asHeaders()).isEqualTo("{\"traceparent\": \"" + TRACEPARENT + "\"}");
        }
        assertThat(TraceContext.asHeaders()).isEqualTo("{}");
    }

    private String headers(String message) {
        return JdbcClient.create(database.dataSource())
                .sql("select headers::text from outbox where id = (select outbox_id from messages where id = ?::uuid)")
                .param(message)
                .query(String.class)
                .single();
    }
}
