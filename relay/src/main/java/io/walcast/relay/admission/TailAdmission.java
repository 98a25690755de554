package io.walcast.relay.admission;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.kafka.TailStatus;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets clients in as soon as this node knows its position in the topic, for only from then on does it miss nothing.
 *
 * <p>While the brokers do not answer, clients stay: the node continues from its position afterwards, and the others are
 * no better off. New ones find another node by readiness, or wait here.
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
