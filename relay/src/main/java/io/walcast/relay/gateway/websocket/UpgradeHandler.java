package io.walcast.relay.gateway.websocket;

import jakarta.servlet.http.WebConnection;
import java.util.function.Function;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's handler of a connection that has become a WebSocket. Tomcat calls it on its own threads, one call at a time.
 *
 * <p>Public, with a constructor without arguments, because Tomcat creates it. Its connection is set next, on the same
 * thread and before any other call.
 */
public final class UpgradeHandler implements InternalHttpUpgradeHandler {

    private @Nullable Function<Wire, DirectReceiver> start;
    private @Nullable SocketWrapperBase<?> socket;
    private @Nullable DirectReceiver receiver;

    void serve(Function<Wire, DirectReceiver> receiverOf) {
        start = receiverOf;
    }

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
        socket = wrapper;
    }

    @Override
    public void init(WebConnection connection) {
        if (start == null || socket == null) {
            throw new IllegalStateException("upgraded without a handshake");
        }
        DirectReceiver opened = start.apply(new Wire(socket));
        start = null;
        receiver = opened;
        opened.open();
    }

    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        DirectReceiver open = receiver;
        if (open == null) {
            return SocketState.CLOSED;
        }
        switch (event) {
            case OPEN_READ -> {
                return open.readable() ? SocketState.UPGRADED : SocketState.CLOSED;
            }
            case OPEN_WRITE -> {
                open.writable();
                return SocketState.UPGRADED;
            }
            case STOP, TIMEOUT, DISCONNECT, ERROR, CONNECT_FAIL -> open.lost();
        }
        return SocketState.CLOSED;
    }

    @Override
    public void destroy() {
        if (receiver != null) {
            receiver.lost();
        }
    }

    @Override
    public void timeoutAsync(long now) {}

    @Override
    public void setSslSupport(SSLSupport ssl) {}

    @Override
    public void pause() {}
}
