package io.walcast.relay.gateway;

import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.gateway.websocket.JsonClients;
import io.walcast.relay.wal.WalStatus;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets clients in where messages arrive from this process's own relay. A relay that stands by has none to bring: it sends
 * its clients away, so that they come back to the one that is live, and refuses new ones.
 */
@Component
@ConditionalOnProperty(name = "walcast.relay.sink", havingValue = "rooms", matchIfMissing = true)
@ConditionalOnProperty(name = "walcast.gateway.source", havingValue = "wal", matchIfMissing = true)
final class StandbyAdmission {

    private final SocketIoServer socketIo;
    private final JsonClients clients;

    StandbyAdmission(SocketIoServer socketIo, JsonClients clients) {
        this.socketIo = socketIo;
        this.clients = clients;
    }

    @EventListener
    void changed(WalStatus status) {
        switch (status.state()) {
            case STANDBY -> {
                socketIo.suspend();
                clients.suspend();
            }
            case SWEEPING, STREAMING, BLOCKED -> {
                socketIo.resume();
                clients.resume();
            }
            default -> {
                // On the way to one of those, or to an end: clients stay where they are.
            }
        }
    }
}
