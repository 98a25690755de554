package io.walcast.app.messages;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.swagger.v3.oas.annotations.media.Schema;

/** An event of the log of a conversation, as clients get it. @param pos is in the data, too */
record LogEvent(
        @JsonIgnore long pos,

        @Schema(description = "as over WebSocket; log.position says only that nothing is left up to a place")
        String event,

        @Schema(
                type = "object",
                description = "conversationId, from, pos, and the present state of what the event is about",
                example = "{\"conversationId\": \"018f0000-0000-7000-8000-000000000000\", \"from\": 6, \"pos\": 7,"
                        + " \"userId\": \"u2\", \"role\": \"member\", \"version\": 7}")
        @JsonRawValue
        String data) {}
