package io.walcast.relay.gateway.websocket;

import io.walcast.identity.OriginSettings;
import java.util.List;
import java.util.Locale;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/**
 * All connections of a test's server, and how one is opened, as the gateway's configuration has it. The transport is the one
 * that the tests are run for: {@code -Dwalcast.test.transport=container}.
 */
public final class TestTransport implements AutoCloseable {

    /** Which transport the tests are run for. */
    public static final TransportKind KIND = TransportKind.valueOf(
            System.getProperty("walcast.test.transport", "direct").toUpperCase(Locale.ROOT));

    private final Connections connections;
    private final WebSocketUpgrade upgrade;

    private TestTransport(TransportContext context, List<String> origins) {
        connections = new Connections(context);
        HandshakeHandler handshakes = new DefaultHandshakeHandler(connections.upgradeStrategy());
        upgrade = new WebSocketUpgrade(connections, handshakes, new OriginSettings(origins));
    }

    /** @param origins that may connect */
    public static TestTransport of(TransportSettings settings, String... origins) {
        return new TestTransport(new TransportContext(settings), List.of(origins));
    }

    static TestTransport of(TransportContext context) {
        return new TestTransport(context, List.of());
    }

    /** With the default limits. */
    public static TestTransport withDefaults(String... origins) {
        return of(settings(), origins);
    }

    public static boolean isDirect() {
        return KIND == TransportKind.DIRECT;
    }

    public Connections connections() {
        return connections;
    }

    public WebSocketUpgrade upgrade() {
        return upgrade;
    }

    private static TransportSettings settings() {
        TransportSettings defaults = TransportSettings.defaults();
        return new TransportSettings(
                KIND,
                defaults.maxMessageSize(),
                defaults.sendQueueSize(),
                defaults.totalQueueSize(),
                defaults.totalUnfinishedSize(),
                defaults.urgentMargin(),
                defaults.writeTimeout(),
                defaults.closeTimeout(),
                defaults.writerThreads());
    }

    @Override
    public void close() {
        connections.close();
    }
}
