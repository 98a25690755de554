package io.walcast.relay.gateway.websocket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketExtension;

/**
 * Spring's view of a connection of Walcast's own WebSocket layer. There is one for each idle client, so it holds next
 * to nothing. The attributes are those of the handshake and cannot be changed. URI and headers are available until
 * {@code afterConnectionEstablished} has returned. Addresses are read from the socket.
 */
final class DirectSession implements TransportSession {

    private static final AtomicLong NEXT_ID = new AtomicLong();

    private final long id = NEXT_ID.incrementAndGet();
    private final DirectConnection connection;
    private final Wire wire;
    private final TransportSettings settings;
    private final Map<String, Object> attributes;
    private final @Nullable Principal principal;
    private final @Nullable String protocol;
    private volatile @Nullable Handshake handshake;

    /** URI and headers of the client's request. */
    record Handshake(URI uri, HttpHeaders headers) {}

    DirectSession(
            DirectConnection connection,
            Wire wire,
            TransportSettings settings,
            Handshake handshake,
            Map<String, Object> attributes,
            @Nullable Principal principal,
            @Nullable String protocol) {
        this.connection = connection;
        this.wire = wire;
        this.settings = settings;
        this.handshake = handshake;
        this.attributes = Map.copyOf(attributes);
        this.principal = principal;
        this.protocol = protocol;
    }

    @Override
    public WebSocketConnection connection() {
        return connection;
    }

    void forgetHandshake() {
        handshake = null;
    }

    @Override
    public String getId() {
        return Long.toHexString(id);
    }

    /** Null once the connection is established. */
    @Override
    public @Nullable URI getUri() {
        Handshake known = handshake;
        return known == null ? null : known.uri();
    }

    /** Empty once the connection is established. */
    @Override
    public HttpHeaders getHandshakeHeaders() {
        Handshake known = handshake;
        return known == null ? HttpHeaders.EMPTY : known.headers();
    }

    /** Those of the handshake, unmodifiable. */
    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public @Nullable Principal getPrincipal() {
        return principal;
    }

    /** Null once the connection is over. */
    @Override
    public @Nullable InetSocketAddress getLocalAddress() {
        return wire.localAddress();
    }

    /** Null once the connection is over. */
    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return wire.remoteAddress();
    }

    @Override
    public @Nullable String getAcceptedProtocol() {
        return protocol;
    }

    @Override
    public void setTextMessageSizeLimit(int messageSizeLimit) {
        throw new UnsupportedOperationException("Set walcast.gateway.transport.max-message-size");
    }

    @Override
    public int getTextMessageSizeLimit() {
        return (int) settings.maxMessageSize().toBytes();
    }

    @Override
    public void setBinaryMessageSizeLimit(int messageSizeLimit) {
        throw new UnsupportedOperationException("Set walcast.gateway.transport.max-message-size");
    }

    @Override
    public int getBinaryMessageSizeLimit() {
        return (int) settings.maxMessageSize().toBytes();
    }

    @Override
    public List<WebSocketExtension> getExtensions() {
        return List.of();
    }

    @Override
    public String toString() {
        return "DirectSession[id=" + getId() + "]";
    }
}
