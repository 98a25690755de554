package io.walcast.relay.gateway.transport;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Fits Tomcat's buffers to many idle connections. With its defaults one WebSocket holds five buffers of 8 KiB for life,
 * three of its WebSocket layer and two of the connector; a chat message needs none of that. Register as a bean: it must
 * run before the server starts.
 */
public final class TomcatBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    /** Bytes. A longer message leaves in several frames of this size; a longer HTTP body in several writes. */
    private static final String SIZE = "2048";

    private static final String WEBSOCKET_BUFFER_SIZE = "org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE";

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat has no other way to set it. A value given on the command line stays.
        if (System.getProperty(WEBSOCKET_BUFFER_SIZE) == null) {
            System.setProperty(WEBSOCKET_BUFFER_SIZE, SIZE);
        }
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", SIZE);
            connector.setProperty("socket.appWriteBufSize", SIZE);
        });
    }
}
