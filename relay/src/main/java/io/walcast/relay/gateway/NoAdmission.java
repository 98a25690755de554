package io.walcast.relay.gateway;

import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.gateway.websocket.JsonClients;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import org.springframework.stereotype.Component;

/** Lets nobody in: this process takes rows elsewhere, and has none for clients. */
@Component
@ConditionalOnTopology(Topology.PUBLISHER)
final class NoAdmission {

    NoAdmission(SocketIoServer socketIo, JsonClients clients) {
        socketIo.suspend();
        clients.suspend();
    }
}
