package io.walcast.relay.gateway;

import io.walcast.relay.gateway.transport.AllowedOrigins;
import io.walcast.relay.gateway.transport.TransportSettings;
import io.walcast.relay.gateway.transport.WebSocketUpgrade;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    @Bean
    WebSocketUpgrade webSocketUpgrade(TransportSettings settings, AllowedOrigins origins) {
        return new WebSocketUpgrade(settings, origins);
    }
}
