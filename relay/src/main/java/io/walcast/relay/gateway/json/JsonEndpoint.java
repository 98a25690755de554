package io.walcast.relay.gateway.json;

import io.walcast.identity.OriginSettings;
import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.ListenerHandler;
import io.walcast.relay.gateway.websocket.OpeningCheck;
import io.walcast.relay.gateway.websocket.OriginCheck;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * {@code /ws}, registered with Spring. The interceptors answer in their order: 503, 401, 426 or 400, 403.
 *
 * <p>Not by {@code @EnableWebSocket}, which appends a check of origins of its own; that one fails on an {@code Origin} that
 * is no URI, and a client's fault would be an error in the log.
 */
@Configuration(proxyBeanMethods = false)
class JsonEndpoint {

    /** After the controllers, before static resources. */
    private static final int ORDER = 1;

    @Bean
    WebSocketHandlerMapping webSocketHandlerMapping(
            HandshakeHandler handshakes,
            OriginSettings origins,
            Connections connections,
            Chat chat,
            JsonClients clients) {
        var endpoint = new WebSocketHttpRequestHandler(new ListenerHandler(), handshakes);
        endpoint.setHandshakeInterceptors(List.of(
                new ConnectionLimit(clients),
                new HandshakeIdentity(chat, clients, connections.unfinished()),
                new OpeningCheck(),
                new OriginCheck(origins)));
        var mapping = new WebSocketHandlerMapping();
        mapping.setUrlMap(Map.of("/ws", endpoint));
        mapping.setOrder(ORDER);
        return mapping;
    }
}
