package io.walcast.relay.wal;

import java.net.Socket;
import java.net.SocketException;

/**
 * A socket that looks for what is pending for as long as its {@link WalWait} says.
 *
 * <p>The driver's look is a read with a time limit of 1 ms ({@code PGStream.hasMessagePending}). All other limits are kept.
 */
final class WalSocket extends Socket {

    private final WalWait wait;

    WalSocket(WalWait wait) {
        this.wait = wait;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        boolean looks = millis == WalWait.BRIEF.toMillis();
        super.setSoTimeout(looks ? (int) wait.look().toMillis() : millis);
    }
}
