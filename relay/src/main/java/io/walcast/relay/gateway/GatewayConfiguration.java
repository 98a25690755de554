package io.walcast.relay.gateway;

import io.walcast.identity.OriginSettings;
import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.TomcatBuffers;
import io.walcast.relay.gateway.websocket.TransportSettings;
import io.walcast.relay.gateway.websocket.WebSocketUpgrade;
import io.walcast.relay.runtime.ShutdownOrder;
import io.walcast.relay.runtime.ShutdownStep;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    /** Longest wait until the close frames have left; clients that do not read get none. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    @Bean
    Connections connections(TransportSettings settings) {
        return new Connections(settings);
    }

    @Bean
    RequestUpgradeStrategy requestUpgradeStrategy(Connections connections) {
        return connections.upgradeStrategy();
    }

    @Bean
    HandshakeHandler handshakeHandler(RequestUpgradeStrategy strategy) {
        return new DefaultHandshakeHandler(strategy);
    }

    @Bean
    WebSocketUpgrade webSocketUpgrade(Connections connections, HandshakeHandler handshakes, OriginSettings origins) {
        return new WebSocketUpgrade(connections, handshakes, origins);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConfigurableTomcatWebServerFactory.class)
    static class OnTomcat {

        @Bean
        TomcatBuffers tomcatBuffers(TransportSettings settings) {
            return new TomcatBuffers(settings.kind());
        }
    }

    /** Ends long polls together with the web server's graceful stop, which would otherwise wait for them. */
    @Bean
    ShutdownStep pollingEnd(List<ClientFormat> formats) {
        return new ShutdownStep(ShutdownOrder.POLLS, () -> formats.forEach(ClientFormat::refuseNew));
    }

    @Bean
    ShutdownStep farewell(List<ClientFormat> formats, Connections connections) {
        return new ShutdownStep(ShutdownOrder.CLIENTS, () -> {
            formats.forEach(ClientFormat::close);
            connections.awaitEnd(FAREWELL);
        });
    }
}
