package io.walcast.relay.admission;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import java.util.List;
import org.springframework.stereotype.Component;

/** Lets nobody in: this process takes rows elsewhere, and has none for clients. */
@Component
@ConditionalOnTopology(Topology.PUBLISHER)
final class NoAdmission {

    NoAdmission(List<ClientFormat> formats) {
        formats.forEach(ClientFormat::suspend);
    }
}
