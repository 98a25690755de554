package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.List;

/** How the packets of a session get to its client. Thread-safe, and nothing here waits for the network. */
interface EngineTransport {

    /** @return false when the byte bound would be passed, or after the end: nothing was queued */
    boolean send(List<Frame> frames);

    /** Beyond the byte bound by a margin. @return false when that is used up too: the client must be closed */
    boolean sendUrgent(List<Frame> frames);

    /** Whether little is queued, as after {@link #whenDrained}. */
    boolean isDrained();

    /** Once, as soon as little is queued; at once if that is so now. */
    void whenDrained(Runnable action);

    void close(CloseCause cause);
}
