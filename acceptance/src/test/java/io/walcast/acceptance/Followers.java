package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.log.ConversationState;
import io.walcast.acceptance.log.LogClient;
import io.walcast.acceptance.log.LogClient.Way;
import io.walcast.acceptance.log.StoredState;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** A client of each way to resume, in all conversations: what each knows in the end has to be what the tables say. */
final class Followers implements AutoCloseable {

    /** Read markers are written once a second. */
    private static final Duration CONVERGENCE_LIMIT = Duration.ofSeconds(5);

    private static final int MOST_DIFFERENCES = 10;

    private static final Set<String> READERS = Set.of(RestClient.POSTER, RestClient.LISTENER);

    private final Database database;
    private final List<UUID> conversations;
    private final List<LogClient> clients;

    private Followers(Database database, List<UUID> conversations, List<LogClient> clients) {
        this.database = database;
        this.conversations = conversations;
        this.clients = clients;
    }

    /** @param uri of a path of a gateway */
    static Followers start(Database database, List<UUID> conversations, Function<String, URI> uri, Duration patience) {
        return new Followers(
                database,
                conversations,
                Arrays.stream(Way.values())
                        .map(way -> LogClient.connect(way, uri, RestClient.LISTENER, conversations, patience))
                        .toList());
    }

    void awaitJoined() {
        for (var client : clients) {
            await(client.way() + " has joined").until(client::joined);
        }
    }

    /** Whether every client has come to the end of each log: one that was slow gets there at its own speed. */
    boolean arrived() {
        Map<UUID, Long> ends = conversations.stream()
                .collect(Collectors.toMap(
                        c -> c,
                        c -> database.sql()
                                .sql("select last_seq + events from conversations where id = ?")
                                .param(c)
                                .query(Long.class)
                                .single()));
        return clients.stream().allMatch(client -> client.isAt(ends));
    }

    /** How many clients know something else than the tables 5 s from now at the latest; says what. Nobody writes any more. */
    long divergent() {
        try {
            await().atMost(CONVERGENCE_LIMIT)
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> countDivergent(false) == 0);
            return 0;
        } catch (ConditionTimeoutException e) {
            return countDivergent(true);
        }
    }

    private long countDivergent(boolean aloud) {
        Map<UUID, ConversationState> stored =
                conversations.stream().collect(Collectors.toMap(c -> c, c -> StoredState.of(database.sql(), c)));
        return clients.stream()
                .filter(client -> {
                    var differences = client.differences(stored, database.sql(), READERS);
                    if (aloud && !differences.isEmpty()) {
                        System.out.println(client.story() + ":\n  "
                                + differences.stream().limit(MOST_DIFFERENCES).collect(Collectors.joining("\n  ")));
                    }
                    return !differences.isEmpty();
                })
                .count();
    }

    @Override
    public void close() {
        clients.forEach(LogClient::close);
    }
}
