package io.walcast.relay.admission;

import io.walcast.relay.gateway.formats.ClientFormat;
import io.walcast.relay.wal.WalStatus;
import io.walcast.relay.wal.WalStatus.State;
import io.walcast.startup.ConditionalOnTopology;
import io.walcast.startup.Topology;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets clients in where messages arrive from this process's own relay. A relay that stands by, has failed, or lost the slot
 * while another one waited for it has none to bring: it sends its clients away, so that they come back to the one that is
 * live, and refuses new ones.
 */
@Component
@ConditionalOnTopology(Topology.ROOMS)
final class StandbyAdmission {

    private static final Set<State> DELIVERS = EnumSet.of(State.SWEEPING, State.STREAMING, State.BLOCKED);

    private final List<ClientFormat> formats;

    StandbyAdmission(List<ClientFormat> formats) {
        this.formats = formats;
    }

    @EventListener
    void changed(WalStatus status) {
        if (status.elsewhere() || status.state() == State.FAILED) {
            formats.forEach(ClientFormat::suspend);
        } else if (DELIVERS.contains(status.state())) {
            formats.forEach(ClientFormat::resume);
        }
        // Else on the way to one of those, or to an end: clients stay where they are.
    }
}
