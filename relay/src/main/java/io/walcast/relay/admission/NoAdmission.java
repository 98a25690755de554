package io.walcast.relay.admission;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import java.util.List;
import org.springframework.stereotype.Component;

/** Refuses all clients, in a process that publishes rows to Kafka and has none for clients. */
@Component
@ConditionalOnTopology(Topology.PUBLISHER)
final class NoAdmission {

    NoAdmission(List<ClientFormat> formats) {
        formats.forEach(ClientFormat::suspend);
    }
}
