package io.walcast.relay.wal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * A socket whose polls for pending data last for as long as its {@link WalWait} says.
 *
 * <p>The driver polls by a read with a time limit of 1 ms ({@code PGStream.hasMessagePending}). All other limits are
 * kept.
 */
final class WalSocket extends Socket {

    private final WalWait wait;
    private volatile boolean polling;

    WalSocket(WalWait wait) {
        this.wait = wait;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        polling = millis == WalWait.SHORT_POLL.toMillis();
        super.setSoTimeout(polling ? (int) wait.pollTimeout().toMillis() : millis);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new Input(super.getInputStream());
    }

    /** Returns no data, as a poll may, while an acknowledgement has waited too long for the lock that polls hold. */
    private final class Input extends FilterInputStream {

        Input(InputStream in) {
            super(in);
        }

        @Override
        public int available() throws IOException {
            return wait.isStarved() ? 0 : super.available();
        }

        @Override
        public int read() throws IOException {
            endStarvingPoll();
            return super.read();
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            endStarvingPoll();
            return super.read(target, from, length);
        }

        private void endStarvingPoll() throws SocketTimeoutException {
            if (polling && wait.isStarved()) {
                throw new SocketTimeoutException("an acknowledgement waits for the driver's lock");
            }
        }
    }
}
