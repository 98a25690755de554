package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import io.walcast.relay.gateway.websocket.WebSocketUpgrade;
import java.time.Duration;
import java.util.List;

/** Sends every message back, as the public test suite of Engine.IO expects. */
public record EngineEcho(EngineSession session) implements EngineListener {

    /** A server with the short timings of that suite. */
    public static EngineServer server(WebSocketUpgrade webSockets) {
        var settings = new EngineSettings(
                Duration.ofMillis(300), Duration.ofMillis(200), 1_000_000, Duration.ofSeconds(10), 256 * 1024, 20_000);
        return new EngineServer(settings, EngineEcho::new, webSockets);
    }

    @Override
    public void text(String message) {
        session.send(List.of(Frame.text(EnginePacket.MESSAGE + message)));
    }

    @Override
    public void binary(byte[] message) {
        session.send(List.of(Frame.binary(message)));
    }

    @Override
    public void closed(CloseCause cause) {}
}
