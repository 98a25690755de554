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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets to a server that never says a word. */
@Timeout(30)
class WalWaitTest {

    private static final int DRIVERS_POLL_MILLIS = 1;
    private static final Duration LONG_POLL = Duration.ofMillis(300);

    private final AtomicLong nanos = new AtomicLong();
    private final WalWait wait = WalWait.open(LONG_POLL, nanos::get);
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
    void theDriversPollLastsAsLongAsTheWaitSays() {
        assertThat(poll()).isGreaterThanOrEqualTo(LONG_POLL);
        wait.useShortPoll(true);
        assertThat(poll()).isLessThan(LONG_POLL);
        wait.useShortPoll(false);
        assertThat(poll()).isGreaterThanOrEqualTo(LONG_POLL);
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
        assertThatThrownBy(() -> read.get(LONG_POLL.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        wait.close();
        read.get();
    }

    @Test
    void aSocketThatIsAddedAfterTheEndIsClosedAtOnce() {
        wait.close();
        var late = new Socket();
        wait.add(late);
        assertThat(late.isClosed()).isTrue();
    }

    @Test
    void anAcknowledgementThatWaitsTooLongMakesPollsFindNothing() throws IOException {
        Socket accepted = server.accept();
        accepted.getOutputStream().write(new byte[] {1, 2});
        var input = socket.getInputStream();
        wait.useShortPoll(true);
        nanos.addAndGet(WalWait.LONGEST_STARVATION.toNanos());
        socket.setSoTimeout(DRIVERS_POLL_MILLIS);
        socket.setSoTimeout(0);
        assertThat(input.read()).isEqualTo(1);

        nanos.incrementAndGet();
        assertThat(input.available()).isZero();
        socket.setSoTimeout(DRIVERS_POLL_MILLIS);
        assertThatThrownBy(input::read).isInstanceOf(SocketTimeoutException.class);
        // In the middle of a message the driver waits without a limit, and gets the rest.
        socket.setSoTimeout(0);
        assertThat(input.read()).isEqualTo(2);

        wait.useShortPoll(false);
        accepted.getOutputStream().write(3);
        socket.setSoTimeout(DRIVERS_POLL_MILLIS);
        assertThat(input.read()).isEqualTo(3);
        accepted.close();
    }

    private Duration poll() {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> {
                    socket.setSoTimeout(DRIVERS_POLL_MILLIS);
                    socket.getInputStream().read();
                })
                .isInstanceOf(SocketTimeoutException.class);
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
