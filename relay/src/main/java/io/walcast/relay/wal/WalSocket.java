package io.walcast.relay.wal;

import java.io.IOException;
import java.net.Socket;

/** A socket whose looking for what is pending lasts as long as its {@link WalWait} says. */
final class WalSocket extends Socket {

    private final WalSocketImpl impl;

    WalSocket(WalWait wait) throws IOException {
        this(new WalSocketImpl(wait));
    }

    private WalSocket(WalSocketImpl impl) throws IOException {
        super(impl);
        this.impl = impl;
    }

    /** Ends a look for what is pending, if one goes on. */
    void wakeUp() {
        impl.wakeUp();
    }
}
