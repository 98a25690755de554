package io.walcast.app.messages;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.oas.annotations.media.Schema;

/** An event of the log of a conversation, as clients get it. @param pos is in the data, too */
record LogEvent(
        @JsonIgnore long pos,

        @Schema(description = "as over WebSocket; log.position means only that no event is left up to its pos")
        String event,

        @Schema(
                type = "object",
                description = "conversationId, from, pos, and the present state of the event's subject",
                example = "{\"conversationId\": \"018f0000-0000-7000-8000-000000000000\", \"from\": 6, \"pos\": 7,"
                        + " \"userId\": \"u2\", \"role\": \"member\", \"version\": 7}")
        @JsonRawValue
        String data) {}
