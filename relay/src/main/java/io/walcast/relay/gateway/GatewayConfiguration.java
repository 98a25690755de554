package io.walcast.relay.gateway;

import io.walcast.relay.gateway.chat.SocketIoChat;
import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.gateway.socketio.SocketIoSettings;
import io.walcast.relay.gateway.transport.AllowedOrigins;
import io.walcast.relay.gateway.transport.TomcatBuffers;
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

    @Bean
    TomcatBuffers tomcatBuffers() {
        return new TomcatBuffers();
    }

    @Bean("/socket.io/")
    SocketIoServer socketIoServer(SocketIoSettings settings, SocketIoChat chat, WebSocketUpgrade webSockets) {
        return new SocketIoServer(settings, chat, webSockets);
    }
}
