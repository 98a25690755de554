package io.walcast.relay.admission;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.kafka.TailStatus;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Admits clients once this gateway node knows its position in the Kafka topic, since it misses no event from then on.
 *
 * <p>While the brokers do not answer, clients stay connected: the node continues from its position afterwards, and
 * other nodes are in the same state. New clients are routed to another node by readiness, or wait here.
 */
@Component
@ConditionalOnTopology({Topology.GATEWAY, Topology.PUBLISHER_AND_GATEWAY})
final class TailAdmission {

    private final List<ClientFormat> formats;

    TailAdmission(List<ClientFormat> formats) {
        this.formats = formats;
        formats.forEach(ClientFormat::suspend);
    }

    @EventListener
    void changed(TailStatus status) {
        if (status.live()) {
            formats.forEach(ClientFormat::resume);
        }
    }
}
