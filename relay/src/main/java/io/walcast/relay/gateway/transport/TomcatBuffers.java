package io.walcast.relay.gateway.transport;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Fits Tomcat's buffers to many idle connections: the connector gives each two of 8 KiB for life, which a WebSocket does
 * not use. Register as a bean: it must run before the server starts.
 */
public final class TomcatBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    /** Bytes. A longer HTTP request is read in several steps, and a longer answer written in several. */
    private static final String REQUEST = "1024";

    private static final String ANSWER = "2048";

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", REQUEST);
            connector.setProperty("socket.appWriteBufSize", ANSWER);
        });
    }
}
