package io.walcast.relay.gateway.websocket;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Shrinks Tomcat's buffers for many idle connections. The connector gives each connection two of 8 KiB until it ends,
 * which a WebSocket does not use, and Tomcat's WebSocket layer adds three more. Register as a bean: it must run before
 * the server starts.
 */
public final class TomcatBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String WEBSOCKET_BUFFER_SIZE = "org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE";

    /** Bytes. A longer message leaves Tomcat's WebSocket layer in several frames, which every client joins. */
    private static final String MESSAGE = "1024";

    /** Bytes. A longer HTTP request is read in several steps, and a longer answer written in several. */
    private static final String REQUEST = "1024";

    private static final String ANSWER = "2048";

    private final TransportKind transport;

    public TomcatBuffers(TransportKind transport) {
        this.transport = transport;
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat reads this setting from a system property only. A value from the command line stays.
        if (transport == TransportKind.CONTAINER && System.getProperty(WEBSOCKET_BUFFER_SIZE) == null) {
            System.setProperty(WEBSOCKET_BUFFER_SIZE, MESSAGE);
        }
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", REQUEST);
            connector.setProperty("socket.appWriteBufSize", ANSWER);
        });
    }
}
