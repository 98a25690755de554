package io.walcast.acceptance.benchmark.contender;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A running server with Walcast's REST and Socket.IO contract, in a process of its own. Used by one thread. */
public interface Contender extends AutoCloseable {

    String name();

    /** Its port on loopback. */
    int port();

    /** Creates a conversation of these users, whoever may post and listen. */
    UUID createConversation(List<String> members);

    /** Rows of the outbox that wait for their mark; 0 if it has no such thing. */
    long unmarked();

    /** Processor time of the process so far. */
    Duration cpu();

    @Override
    void close();
}
