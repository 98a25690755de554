package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.formats.Ending;
import io.walcast.relay.gateway.websocket.WebSocketConnection;
import io.walcast.relay.gateway.websocket.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that takes a session over from long-polling (engine.io-protocol v4, "Upgrade"): the client probes it, ends
 * its last poll, and completes the upgrade. Anything else leaves the session with long-polling.
 */
final class UpgradingWebSocket implements WebSocketListener {

    private static final int PROTOCOL_ERROR = 1002;

    private final EngineSession session;
    private final PollingTransport polling;
    private final ScheduledExecutorService timer;
    private final long timeoutNanos;
    private @Nullable WebSocketConnection connection;
    private @Nullable ScheduledFuture<?> timeout;
    private Stage stage = Stage.OPENED;

    private enum Stage {
        OPENED,
        PROBED,
        UPGRADED,
        FAILED
    }

    /** @param polling has agreed to {@link PollingTransport#startUpgrade} */
    UpgradingWebSocket(
            EngineSession session, PollingTransport polling, ScheduledExecutorService timer, long timeoutNanos) {
        this.session = session;
        this.polling = polling;
        this.timer = timer;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public void opened(WebSocketConnection opened) {
        connection = opened;
        timeout = timer.schedule(() -> opened.close(Ending.UPGRADE_TIMEOUT), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void text(String message) {
        switch (stage) {
            case OPENED -> probe(message);
            case PROBED -> upgrade(message);
            case UPGRADED -> session.receive(message);
            case FAILED -> {}
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        if (stage == Stage.UPGRADED) {
            session.receive(DirectWebSocket.bytes(message));
        } else {
            fail("binary message before the upgrade");
        }
    }

    @Override
    public void closed(int code, String reason) {
        cancelTimeout();
        if (stage == Stage.UPGRADED) {
            session.close(DirectWebSocket.causeOf(code));
        } else {
            polling.abandonUpgrade();
        }
    }

    private void probe(String message) {
        if (!message.equals(EnginePacket.PROBE_PING) || connection == null) {
            fail("probe expected");
            return;
        }
        stage = Stage.PROBED;
        connection.sendUrgent(EnginePacket.PROBE_PONG);
        Poll late = polling.probed();
        if (late != null) {
            timer.schedule(() -> polling.release(late), PollingTransport.HOLD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void upgrade(String message) {
        if (connection == null || message.length() != 1 || message.charAt(0) != EnginePacket.UPGRADE) {
            fail("upgrade expected");
            return;
        }
        cancelTimeout();
        var transport = new WebSocketTransport(connection);
        if (polling.upgradeTo(transport)) {
            stage = Stage.UPGRADED;
            session.upgraded(transport);
        } else {
            fail("session is over");
        }
    }

    private void fail(String reason) {
        stage = Stage.FAILED;
        polling.abandonUpgrade();
        if (connection != null) {
            connection.close(PROTOCOL_ERROR, reason);
        }
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
