package io.walcast.relay.rooms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;

/** One conversation in memory, with rows that are committed and not yet visible where the test wants it so. */
final class Ledger implements Conversations {

    static final int FIRST_PAGE = 4;
    static final int PAGE = 10;
    static final RuntimeException DOWN = new DataAccessResourceFailureException("down");

    final UUID id = UUID.randomUUID();
    final Set<String> members = new HashSet<>(Set.of("ada", "grace"));
    final Set<Long> visibleRows = new HashSet<>();
    String epoch = "e1";
    long lastSeq;
    List<RoomEvent> reads = List.of();

    @Nullable
    Throwable failure;

    /** How often it was asked. */
    int tailStatements;

    int questions;
    int pages;

    private final TreeSet<Long> deleted = new TreeSet<>();

    /** Messages up to this seq are visible. */
    void commit(long seq) {
        lastSeq = seq;
        for (long row = 1; row <= seq; row++) {
            visibleRows.add(row);
        }
    }

    void delete(long seq) {
        deleted.add(seq);
    }

    /** The message as the WAL brings it; its outbox row has the number of its seq. */
    RoomEvent message(long seq) {
        return event(seq, "{\"seq\":" + seq + "}");
    }

    private RoomEvent event(long seq, String json) {
        return RoomEvent.logged(id, seq - 1, seq, seq, "message.created", json);
    }

    @Override
    public List<Tail> tails(List<Question> asked) {
        check();
        tailStatements++;
        questions += asked.size();
        return asked.stream()
                .map(question -> new Tail(
                        members.contains(question.userId()),
                        lastSeq,
                        lastSeq,
                        question.after() == null ? 0 : question.after(),
                        epoch,
                        isSettled(question.membershipRow()),
                        isSettled(question.newestRow()),
                        reads))
                .toList();
    }

    @Override
    public Optional<Page> page(UUID conversationId, String userId, Wanted wanted) {
        check();
        pages++;
        if (!members.contains(userId)) {
            return Optional.empty();
        }
        int most = wanted.first() ? FIRST_PAGE : PAGE;
        List<RoomEvent> messages = new ArrayList<>();
        for (long seq = wanted.pos() + 1; seq <= Math.min(lastSeq, wanted.pos() + most); seq++) {
            messages.add(
                    deleted.contains(seq) ? event(seq, "{\"seq\":" + seq + ",\"deletedAt\":\"now\"}") : message(seq));
        }
        return Optional.of(new Page(messages, isSettled(wanted.row()), wanted.reads() ? reads : List.of()));
    }

    @Override
    public Set<Long> settled(Collection<Long> rows) {
        check();
        return rows.stream().filter(this::isSettled).collect(Collectors.toSet());
    }

    private boolean isSettled(long row) {
        return row == 0 || visibleRows.contains(row);
    }

    private void check() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
