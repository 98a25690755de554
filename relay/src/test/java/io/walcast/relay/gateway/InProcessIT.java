package io.walcast.relay.gateway;

import io.walcast.db.TestDatabase;
import io.walcast.relay.DeliveryContract;
import io.walcast.relay.RelayProcess;

/** From the relay to the rooms of its own process. */
class InProcessIT extends DeliveryContract {

    private TestDatabase database;
    private RelayProcess relay;

    @Override
    protected void start(TestDatabase database) {
        this.database = database;
        relay = RelayProcess.start(database);
    }

    @Override
    protected void replaceRelay() {
        relay.close();
        relay = RelayProcess.start(database);
    }

    @Override
    protected int port() {
        return relay.port();
    }

    @Override
    protected void stop() {
        relay.close();
    }
}
