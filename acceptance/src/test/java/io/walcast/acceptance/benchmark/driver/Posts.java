package io.walcast.acceptance.benchmark.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Posts to conversations in turn over a fixed number of connections: when a post is due (open loop), or as soon as a
 * connection is free (closed loop).
 */
final class Posts {

    private final Reactor reactor;
    private final int port;
    private final List<UUID> conversations;
    private final IntFunction<String> userOf;
    private final Ledger ledger;
    private final Deque<PostConnection> idle = new ArrayDeque<>();

    /** Numbers of posts that are due and wait for a connection. */
    private final Deque<Integer> waiting = new ArrayDeque<>();

    private boolean closedLoop;

    /** @param userOf who posts to the conversation of that index */
    Posts(Reactor reactor, int port, List<UUID> conversations, IntFunction<String> userOf, Ledger ledger) {
        this.reactor = reactor;
        this.port = port;
        this.conversations = conversations;
        this.userOf = userOf;
        this.ledger = ledger;
    }

    void due(long dueNanos) {
        int number = ledger.post(dueNanos);
        PostConnection connection = idle.poll();
        if (connection == null) {
            waiting.add(number);
        } else {
            send(number, connection);
        }
    }

    void idle(PostConnection connection) {
        Integer number = waiting.poll();
        if (number != null) {
            send(number, connection);
        } else if (closedLoop) {
            send(ledger.post(System.nanoTime()), connection);
        } else {
            idle.add(connection);
        }
    }

    /** Has every connection post as soon as its last post is answered, or stops that. */
    void closedLoop(boolean on) {
        closedLoop = on;
        for (PostConnection connection = on ? idle.poll() : null; connection != null; connection = idle.poll()) {
            send(ledger.post(System.nanoTime()), connection);
        }
    }

    void answered() {
        ledger.noteAnswer();
    }

    void idleEnded(PostConnection connection) {
        idle.remove(connection);
        open();
    }

    /** Opens one more connection to post over. */
    void open() {
        reactor.connect(port, new PostConnection(this, port));
    }

    void lost() {
        ledger.noteTrouble("a connection for posts ended");
    }

    private void send(int number, PostConnection connection) {
        int index = number % conversations.size();
        connection.post(number, conversations.get(index), userOf.apply(index));
    }
}
