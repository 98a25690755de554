package io.walcast.relay.gateway.json;

import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.rooms.WireFormat;

/** Writes the plain JSON format. */
final class JsonFormat {

    /** {@code {"event":...,"data":...}} */
    static final WireFormat<Frame> EVENT = (event, json) -> Frame.text(event(event, json));

    private JsonFormat() {}

    static String event(String event, String json) {
        return "{\"event\":\"" + event + "\",\"data\":" + json + "}";
    }

    /** @param id the request's id as JSON */
    static String ack(String id, String json) {
        return "{\"id\":" + id + ",\"event\":\"ack\",\"data\":" + json + "}";
    }
}
