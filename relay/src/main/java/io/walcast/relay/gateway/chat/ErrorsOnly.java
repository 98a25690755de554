package io.walcast.relay.gateway.chat;

/** For a request that wants no answer: what is wrong with it is told by an {@code error} event. */
public record ErrorsOnly(ClientLink link) implements Answer {

    @Override
    public void send(String json) {}

    @Override
    public void refuse(Refusal refusal) {
        link.sendUrgent("error", refusal.answer());
    }
}
