package io.walcast.relay.gateway.socketio;

import io.walcast.relay.gateway.engineio.MalformedPacketException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as it may come from anyone: what is too deep or not JSON is refused before it costs much. */
final class Json {

    private static final int MAX_DEPTH = 64;

    /** Small values take some thirty times the memory of their text; texts and numbers are as long as the message. */
    private static final int MAX_TOKENS = 10_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxTokenCount(MAX_TOKENS)
                            .maxNumberLength(100)
                            .maxNameLength(1_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonNode parse(String json) throws MalformedPacketException {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new MalformedPacketException("bad JSON: " + e.getOriginalMessage());
        }
    }

    static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    static String quote(String text) {
        return MAPPER.writeValueAsString(text);
    }
}
