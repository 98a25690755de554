package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;

/**
 * What one poll is answered with.
 *
 * @param onEnd gives back the memory that the packets were allowed; called once, when they are written or dropped
 */
record PollAnswer(List<Frame> packets, Runnable onEnd) {

    /** A packet of which there is only one. */
    static PollAnswer of(List<Frame> constant) {
        return new PollAnswer(constant, () -> {});
    }

    void end() {
        onEnd.run();
    }
}
