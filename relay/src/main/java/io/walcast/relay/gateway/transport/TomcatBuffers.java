package io.walcast.relay.gateway.transport;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Fits Tomcat's buffers to many idle connections. With its defaults one WebSocket holds five buffers of 8 KiB for life,
 * three of its WebSocket layer and two of the connector; a chat message needs none of that. Register as a bean: it must
 * run before the server starts.
 */
public final class TomcatBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String WEBSOCKET_BUFFER_SIZE = "org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE";

    /** Bytes. A longer message leaves in several frames, which every client puts together. */
    private static final String MESSAGE = "1024";

    /** Bytes. A longer HTTP request is read in several steps, and a longer answer written in several. */
    private static final String REQUEST = "1024";

    private static final String ANSWER = "2048";

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat has no other way to set it. A value given on the command line stays.
        if (System.getProperty(WEBSOCKET_BUFFER_SIZE) == null) {
            System.setProperty(WEBSOCKET_BUFFER_SIZE, MESSAGE);
        }
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", REQUEST);
            connector.setProperty("socket.appWriteBufSize", ANSWER);
        });
    }
}
