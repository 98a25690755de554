package io.walcast.relay.feed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tables of one user, in memory, whose transactions become visible when the test says so. */
final class TestTables implements FeedTables {

    private record State(long version, long lastSeq, long lastPos, long transaction, boolean ended) {}

    final Map<UUID, State> states = new LinkedHashMap<>();
    String epoch = "e";
    long next = 100;

    /** The oldest transaction that runs; by default none does. */
    long oldest = Long.MAX_VALUE;

    /** Runs once, after the answer of the next read has been made and before it is given. */
    @Nullable
    Runnable meanwhile;

    /** A member of a conversation that has got so far. */
    void put(UUID id, long version, long lastPos) {
        states.put(id, new State(version, lastPos, lastPos, next++, false));
    }

    void end(UUID id, long version) {
        states.put(id, new State(version, 0, 0, next++, true));
    }

    @Override
    public Changes changes(String userId, @Nullable Snapshot since, int rows) {
        List<Listed> listed = new ArrayList<>();
        List<Ended> ended = new ArrayList<>();
        Predicate<State> changed = state -> since == null
                || state.transaction >= since.xmax()
                || since.running().contains(state.transaction);
        states.forEach((id, state) -> {
            if (!state.ended) {
                Row row = changed.test(state) && rows > 0 ? row(id, state) : null;
                listed.add(
                        new Listed(id, state.version, state.lastSeq, state.lastPos, changed.test(state), false, row));
            } else if (since != null && changed.test(state)) {
                ended.add(new Ended(id, state.version));
            }
        });
        listed.sort(Comparator.comparing(each -> !each.changed()));
        var answer = new Changes(epoch, new Snapshot(next, next, List.of()), Math.min(oldest, next), listed, ended);
        Runnable now = meanwhile;
        meanwhile = null;
        if (now != null) {
            now.run();
        }
        return answer;
    }

    @Override
    public List<Row> rows(String userId, Collection<UUID> conversationIds) {
        return Set.copyOf(conversationIds).stream()
                .filter(id -> states.containsKey(id) && !states.get(id).ended)
                .map(id -> row(id, states.get(id)))
                .toList();
    }

    @Override
    public long nextTransaction() {
        return next++;
    }

    private static Row row(UUID id, State state) {
        return new Row(id, state.lastSeq, state.lastPos, "row " + name(id) + " " + state.lastPos);
    }

    static String name(UUID id) {
        return String.valueOf(id.getLeastSignificantBits());
    }
}
