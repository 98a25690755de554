package io.walcast.relay.gateway.chat;

/** Where the answer to one request goes. Thread-safe; called once, from any thread. */
public interface Answer {

    /** @param json the answer's data, with {@code "ok":true} */
    void send(String json);

    void refuse(Refusal refusal);
}
