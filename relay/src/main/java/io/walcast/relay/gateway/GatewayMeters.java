package io.walcast.relay.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.walcast.relay.StageTimer;
import io.walcast.relay.gateway.json.JsonClients;
import io.walcast.relay.gateway.socketio.SocketIoServer;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.SendBudget;
import org.springframework.stereotype.Component;

/** Who is connected, what waits for them, and how long it takes to be written. */
@Component
class GatewayMeters implements MeterBinder {

    private final SocketIoServer socketIo;
    private final JsonClients clients;
    private final Connections connections;

    GatewayMeters(SocketIoServer socketIo, JsonClients clients, Connections connections) {
        this.socketIo = socketIo;
        this.clients = clients;
        this.connections = connections;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("walcast.connections", socketIo, SocketIoServer::connections)
                .tag("protocol", "socketio")
                .description("Clients that are connected")
                .register(meters);
        Gauge.builder("walcast.connections", clients, JsonClients::connections)
                .tag("protocol", "websocket")
                .description("Clients that are connected")
                .register(meters);
        Gauge.builder("walcast.queued", connections.budget(), SendBudget::used)
                .baseUnit("bytes")
                .description("What waits for all clients together")
                .register(meters);
        FunctionCounter.builder("walcast.slow.closes", connections.budget(), SendBudget::slowClients)
                .description("Clients that were put out because they read too slowly")
                .register(meters);
        connections.timeWrites(StageTimer.register(meters, "written"));
    }
}
