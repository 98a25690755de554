package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets to a server that never says a word. */
@Timeout(30)
class WalWaitTest {

    private static final int DRIVERS_LOOK_MILLIS = 1;
    private static final Duration LONG_LOOK = Duration.ofMillis(300);

    private final WalWait wait = WalWait.open(LONG_LOOK);
    private ServerSocket server;
    private Socket socket;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = new WalSocketFactory(wait.id()).createSocket();
        socket.connect(server.getLocalSocketAddress());
    }

    @AfterEach
    void close() throws IOException {
        wait.close();
        server.close();
    }

    @Test
    void theDriversLookLastsAsLongAsTheWaitSays() {
        assertThat(look()).isGreaterThanOrEqualTo(LONG_LOOK);
        wait.lookBriefly(true);
        assertThat(look()).isLessThan(LONG_LOOK);
        wait.lookBriefly(false);
        assertThat(look()).isGreaterThanOrEqualTo(LONG_LOOK);
    }

    @Test
    void otherLimitsAreKept() throws IOException {
        socket.setSoTimeout(2);
        assertThat(socket.getSoTimeout()).isEqualTo(2);
        socket.setSoTimeout(0);
        assertThat(socket.getSoTimeout()).isZero();
    }

    @Test
    void closingEndsAReadThatWaitsForEver() throws Exception {
        var read = CompletableFuture.runAsync(
                () -> assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class));
        assertThatThrownBy(() -> read.get(LONG_LOOK.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        wait.close();
        read.get();
    }

    @Test
    void whatIsAddedBehindTheEndIsClosedAtOnce() {
        wait.close();
        var late = new Socket();
        wait.add(late);
        assertThat(late.isClosed()).isTrue();
    }

    private Duration look() {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> {
                    socket.setSoTimeout(DRIVERS_LOOK_MILLIS);
                    socket.getInputStream().read();
                })
                .isInstanceOf(SocketTimeoutException.class);
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
