package io.walcast.acceptance;

import io.walcast.acceptance.Database.Stored;
import io.walcast.acceptance.Load.Posted;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what was answered, what is stored, and what each client got. */
record Examination(Database database, Load load, List<Listener> resuming, List<Listener> staying, Followers followers) {

    Verdict verdict(
            String fault, Instant struckAt, long struckNanos, Duration held, Duration recovery, boolean completed) {
        var stored = database.messages();
        return new Verdict(
                fault,
                stored.size(),
                disagreements(stored),
                missing(stored, resuming),
                followers.divergent(),
                missing(stored, staying),
                sum(Receipts::repeats),
                database.inFlight(struckAt),
                sum(Receipts::repeatsSeen),
                sum(Receipts::outOfOrder),
                database.unmarked(),
                database.parked(),
                Set.copyOf(load.oddAnswers()),
                held,
                recovery,
                completed,
                load.refused(),
                latencies(struckNanos));
    }

    /** Messages answered but not stored or stored elsewhere, messages stored but never answered, and holes in seq. */
    private long disagreements(List<Stored> stored) {
        var answered = load.posted().stream()
                .map(post -> new Stored(post.conversation(), post.seq(), post.id()))
                .collect(Collectors.toSet());
        var difference = new HashSet<>(stored);
        difference.removeAll(answered);
        answered.removeAll(Set.copyOf(stored));
        var holes = byConversation(stored).values().stream()
                .mapToLong(seqs -> seqs.stream().mapToLong(seq -> seq).max().orElse(0)
                        - Set.copyOf(seqs).size())
                .sum();
        return difference.size() + answered.size() + holes;
    }

    private static long missing(List<Stored> stored, Collection<Listener> listeners) {
        Map<UUID, Receipts> receipts =
                listeners.stream().collect(Collectors.toMap(Listener::conversation, Listener::receipts));
        return stored.stream()
                .filter(message -> receipts.containsKey(message.conversation())
                        && !receipts.get(message.conversation()).has(message.seq()))
                .count();
    }

    private long sum(ToLongFunction<Receipts> count) {
        return Stream.concat(resuming.stream(), staying.stream())
                .map(Listener::receipts)
                .mapToLong(count)
                .sum();
    }

    private static Map<UUID, List<Long>> byConversation(List<Stored> stored) {
        return stored.stream()
                .collect(Collectors.groupingBy(
                        Stored::conversation, Collectors.mapping(Stored::seq, Collectors.toList())));
    }

    /** From post to arrival, in ascending order, of what was posted since then and arrived. */
    private List<Duration> latencies(long since) {
        Map<UUID, Receipts> receipts =
                resuming.stream().collect(Collectors.toMap(Listener::conversation, Listener::receipts));
        Function<Posted, Receipts> of = post -> receipts.get(post.conversation());
        return load.posted().stream()
                .filter(post -> post.sentNanos() >= since && of.apply(post).has(post.seq()))
                .map(post -> Duration.ofNanos(of.apply(post).arrivedAt(post.seq()) - post.sentNanos()))
                .sorted()
                .toList();
    }
}
