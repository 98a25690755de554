package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** What any handler of Spring's may expect of the sessions that it gets, with either transport. */
class TransportSessionIT {

    private final TestTransport transport = TestTransport.withDefaults();
    private final BlockingQueue<WebSocketSession> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private EmbeddedServer server;

    @BeforeEach
    void start() {
        var endpoint = new WebSocketHttpRequestHandler(
                new Echo(), new DefaultHandshakeHandler(transport.connections().upgradeStrategy()));
        endpoint.setHandshakeInterceptors(List.of(new Colour()));
        server = EmbeddedServer.start("/", endpoint);
    }

    @AfterEach
    void stop() {
        server.close();
        transport.close();
    }

    @Test
    void sendsAndReceivesWholeMessages() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            told.poll(10, TimeUnit.SECONDS);
            String text = "é".repeat(10_000);
            client.sendPart(text, false);
            client.sendPart(text, true);
            assertThat(client.next()).isEqualTo(text + text);
            client.send(new byte[] {1, 2, 3});
            assertThat(client.next()).isEqualTo(new byte[] {1, 2, 3});
            WebSocketSession session = session();
            // A ping is not needed, and not sent, while the last message is still said to be on its way.
            await().untilAsserted(() -> {
                session.sendMessage(new PingMessage());
                assertThat(told.poll(1, TimeUnit.SECONDS)).isEqualTo("pong");
            });
        }
    }

    @Test
    void refusesWhatItCannotSend() throws Exception {
        try (var client = TestWebSocket.connect(server.ws("/"))) {
            WebSocketSession session = session();
            assertThatThrownBy(() -> session.sendMessage(new TextMessage("part", false)))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> session.sendMessage(new PongMessage()))
                    .isInstanceOf(UnsupportedOperationException.class);
            session.close(new CloseStatus(4001, "enough"));
            assertThat(session.isOpen()).isFalse();
            assertThatThrownBy(() -> session.sendMessage(new TextMessage("late")))
                    .isInstanceOf(IOException.class);
            assertThat(client.closeCode()).isEqualTo(4001);
        }
    }

    @Test
    void knowsItsHandshakeUntilItIsOpenAndItsAttributesAlways() throws Exception {
        try (var one = TestWebSocket.connect(server.ws("/"));
                var other = TestWebSocket.connect(server.ws("/"))) {
            WebSocketSession session = session();
            assertThat(session.getId()).isNotEqualTo(session().getId());
            assertThat(session.getAttributes()).isEqualTo(Map.of("colour", "red"));
            assertThat(session.getExtensions()).isEmpty();
            assertThat(session.getAcceptedProtocol()).isNullOrEmpty();
            InetSocketAddress local = session.getLocalAddress();
            assertThat(local).isNotNull();
            assertThat(local.getPort()).isEqualTo(server.port());
            assertThat(session.getRemoteAddress()).isNotNull();
            await().until(() -> session.getHandshakeHeaders().headerNames().isEmpty());
            assertThat(told.poll(10, TimeUnit.SECONDS).toString()).endsWith("/");
            if (TestTransport.isDirect()) {
                await().until(() -> session.getUri() == null);
            }
            one.sendClose(4321);
            await().until(() -> !session.isOpen());
        }
    }

    private WebSocketSession session() throws InterruptedException {
        return sessions.poll(10, TimeUnit.SECONDS);
    }

    private final class Echo extends AbstractWebSocketHandler {

        @Override
        public void afterConnectionEstablished(WebSocketSession session) {
            URI uri = session.getUri();
            if (TestTransport.isDirect()) {
                assertThat(session.getHandshakeHeaders().getFirst(HttpHeaders.HOST))
                        .isNotNull();
            }
            if (uri != null) {
                told.add(uri);
            }
            sessions.add(session);
        }

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            session.sendMessage(new TextMessage(message.getPayload()));
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws Exception {
            session.sendMessage(message);
        }

        @Override
        protected void handlePongMessage(WebSocketSession session, PongMessage message) {
            told.add("pong");
        }
    }

    private static final class Colour implements HandshakeCheck {

        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                Map<String, Object> attributes) {
            attributes.put("colour", "red");
            return true;
        }
    }
}
