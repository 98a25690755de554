package io.walcast.relay.gateway;

import io.walcast.relay.gateway.formats.ClientFormat;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Lets nobody in: this process takes rows elsewhere, and has none for clients. */
@Component
@ConditionalOnProperty(name = "walcast.relay.sink", havingValue = "kafka")
@ConditionalOnProperty(name = "walcast.gateway.source", havingValue = "wal", matchIfMissing = true)
final class NoAdmission {

    NoAdmission(List<ClientFormat> formats) {
        formats.forEach(ClientFormat::suspend);
    }
}
