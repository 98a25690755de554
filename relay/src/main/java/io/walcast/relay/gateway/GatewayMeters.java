package io.walcast.relay.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.gateway.websocket.Connections;
import io.walcast.relay.gateway.websocket.SendBudget;
import io.walcast.relay.runtime.StageTimer;
import java.util.List;
import org.springframework.stereotype.Component;

/** Meters of the gateway: connected clients, bytes queued for them, and the time of a write. */
@Component
class GatewayMeters implements MeterBinder {

    private final List<ClientFormat> formats;
    private final Connections connections;

    GatewayMeters(List<ClientFormat> formats, Connections connections) {
        this.formats = formats;
        this.connections = connections;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (ClientFormat format : formats) {
            Gauge.builder("walcast.connections", format, ClientFormat::connections)
                    .tag("protocol", format.protocol())
                    .description("Clients that are connected")
                    .register(meters);
        }
        Gauge.builder("walcast.queued", connections.budget(), SendBudget::used)
                .baseUnit("bytes")
                .description("Bytes queued for all clients together")
                .register(meters);
        FunctionCounter.builder("walcast.slow.closes", connections.budget(), SendBudget::slowClients)
                .description("Clients that were disconnected because they read too slowly")
                .register(meters);
        connections.timeWrites(StageTimer.register(meters, "written"));
    }
}
