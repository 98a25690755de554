package io.walcast.relay.delivery;

/** Where rows come from whose end nobody waits for. */
class Nobody implements InFlightRow.Origin {

    @Override
    public void delivered(InFlightRow delivery) {}

    @Override
    public void letGo(InFlightRow delivery) {}

    @Override
    public void settled() {}

    @Override
    public void abandoned() {}
}
