package io.walcast.relay.gateway.socketiochat;

import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.gateway.socketio.SocketIoSettings;
import io.walcast.relay.gateway.websocket.HandlerServlet;
import io.walcast.relay.gateway.websocket.WebSocketUpgrade;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code /socket.io/}, registered with the web server. */
@Configuration(proxyBeanMethods = false)
class SocketIoEndpoint {

    @Bean
    SocketIoServer socketIoServer(SocketIoSettings settings, SocketIoChat chat, WebSocketUpgrade webSockets) {
        return new SocketIoServer(settings, chat, webSockets);
    }

    /**
     * Beside the dispatcher servlet, which would cost each poll more than all the rest of it, and answer preflight requests
     * in Engine.IO's place. A request for a WebSocket is passed on to an endpoint of Spring's.
     */
    @Bean
    ServletRegistrationBean<HandlerServlet> socketIoServlet(SocketIoServer socketIo) {
        var servlet = new ServletRegistrationBean<>(new HandlerServlet(socketIo), "/socket.io/*");
        servlet.setName("socketIo");
        servlet.setAsyncSupported(true);
        return servlet;
    }
}
