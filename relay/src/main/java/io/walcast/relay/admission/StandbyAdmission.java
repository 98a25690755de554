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
 * Admits clients while the relay of this process delivers, if rooms get their messages from it. A relay that is on
 * standby, has failed, or has lost the slot while another one waited for it delivers nothing. So its clients are
 * disconnected, to reconnect to the live relay, and new ones are refused.
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
        // Otherwise the state is transient, or the process ends: clients stay connected.
    }
}
