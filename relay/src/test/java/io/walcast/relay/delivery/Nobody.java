package io.walcast.relay.delivery;

/** Where rows come from whose end nobody waits for. */
class Nobody implements RowDelivery.Origin {

    @Override
    public void delivered(RowDelivery delivery) {}

    @Override
    public void letGo(RowDelivery delivery) {}

    @Override
    public void settled() {}

    @Override
    public void abandoned() {}
}
