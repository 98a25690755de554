package io.walcast.acceptance.benchmark.contender;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A running server with Walcast's REST and Socket.IO contract, in a process of its own. Used by one thread. */
public interface Contender extends AutoCloseable {

    String name();

    /** Its port on loopback. */
    int port();

    /** Creates a conversation of these users, all of whom may post and listen. */
    UUID createConversation(List<String> members);

    /**
     * Whether no row of the outbox waits for its mark; true if it has no such thing.
     *
     * <p>Asked again and again while the server works: it looks at the newest row before it counts.
     */
    boolean allMarked();

    /** Processor time of the process so far. */
    Duration cpu();

    @Override
    void close();
}
