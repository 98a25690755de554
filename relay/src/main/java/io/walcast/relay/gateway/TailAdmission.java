package io.walcast.relay.gateway;

import io.walcast.relay.gateway.json.JsonClients;
import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.kafka.TailStatus;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets clients in as soon as this node knows its position in the topic, for only from then on does it miss nothing.
 *
 * <p>While the brokers do not answer, clients stay: the node goes on from its position afterwards, and the others are
 * no better off. New ones find another node by readiness, or wait here.
 */
@Component
@ConditionalOnProperty(name = "walcast.gateway.source", havingValue = "kafka")
final class TailAdmission {

    private final SocketIoServer socketIo;
    private final JsonClients clients;

    TailAdmission(SocketIoServer socketIo, JsonClients clients) {
        this.socketIo = socketIo;
        this.clients = clients;
        socketIo.suspend();
        clients.suspend();
    }

    @EventListener
    void changed(TailStatus status) {
        if (status.live()) {
            socketIo.resume();
            clients.resume();
        }
    }
}
