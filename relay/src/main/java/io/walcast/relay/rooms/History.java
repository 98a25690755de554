package io.walcast.relay.rooms;

import io.walcast.relay.runtime.RelayDatabase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads conversations from the tables: the members, the newest seq, and the messages in pages.
 *
 * <p>Whatever one answer is made of comes from one statement, and so from one snapshot. {@code seq} is assigned under the
 * lock of the conversation's row. So a snapshot that shows {@code last_seq} shows every message up to it that has not
 * been deleted, and a number without a message stays without one.
 */
@Component
class History implements Conversations {

    /** At most this many messages a page, and about this many bytes of content: a page is what a catch-up holds in memory. */
    static final int PAGE_MESSAGES = 100;

    private static final int PAGE_BYTES = 128 * 1024;

    // Scalar subqueries and no `exists`, of which the planner might make a hash of the whole outbox.
    private static final String TAILS = """
            select m.user_id is not null as member, coalesce(c.last_seq, 0) as last_seq, epoch.name as epoch,
                   (select o.id from outbox o where o.id = q.membership_row) is not null as membership_shown,
                   (select o.id from outbox o where o.id = q.newest_row) is not null as newest_shown,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest
            from unnest(:conversations, :users, :membershipRows, :newestRows)
                     with ordinality q(conversation_id, user_id, membership_row, newest_row, number)
            cross join (
                select (select system_identifier from pg_control_system()) || '-'
                         || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as name
            ) epoch
            left join conversations c on c.id = q.conversation_id::uuid
            left join members m on m.conversation_id = c.id and m.user_id = q.user_id
            order by q.number
            """;

    private static final String PAGE = """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
                   (select o.id from outbox o where o.id = :row) is not null as shown,
                   page.seq, page.json
            from conversations c
            left join lateral (
                select seq, case when id is not null then
                           message_json(id, conversation_id, sender_id, type, content, parent_id, seq, created_at)
                       else
                           deleted || jsonb_build_object('deletedAt', deleted -> 'createdAt')
                       end as json
                from (
                    select n.seq, m.id, m.conversation_id, m.sender_id, m.type, m.content, m.parent_id, m.created_at,
                           case when m.id is null then
                               message_json(md5(c.id || ':' || n.seq)::uuid, c.id, null, 'SYSTEM', null, null, n.seq,
                                            now())
                           end as deleted,
                           sum(coalesce(octet_length(m.content), 0)) over (order by n.seq)
                             - coalesce(octet_length(m.content), 0) as bytes_before
                    from generate_series(cast(:after as bigint) + 1, least(:after + :messages, c.last_seq)) n(seq)
                    left join messages m
                        on m.conversation_id = c.id and m.seq = n.seq
                        and m.seq > :after and m.seq <= :after + :messages
                ) numbered
                where bytes_before <= :bytes
            ) page on true
            where c.id = :conversation
              and exists (select from members m where m.conversation_id = c.id and m.user_id = :user)
            order by page.seq
            """;

    private static final String SHOWN = """
            select q.id, (select o.id from outbox o where o.id = q.id) is not null as shown,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest
            from unnest(:rows) q(id)
            """;

    private record TailLine(
            boolean member, long lastSeq, String epoch, boolean membershipShown, boolean newestShown, long oldest) {}

    private record ShownLine(long id, boolean shown, long oldest) {}

    private record Line(
            long oldest,
            boolean shown,
            @Nullable Long seq,
            @Nullable String json) {}

    private final JdbcClient jdbc;
    private final UnseenRows unseen = new UnseenRows();

    History(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    @Override
    public List<Tail> tails(List<Question> questions) {
        List<TailLine> lines = jdbc.sql(TAILS)
                .param(
                        "conversations",
                        questions.stream()
                                .map(question -> question.conversationId().toString())
                                .toArray(String[]::new))
                .param("users", questions.stream().map(Question::userId).toArray(String[]::new))
                .param(
                        "membershipRows",
                        questions.stream().mapToLong(Question::membershipRow).toArray())
                .param(
                        "newestRows",
                        questions.stream().mapToLong(Question::newestRow).toArray())
                .query(TailLine.class)
                .list();
        if (lines.size() != questions.size()) {
            throw new IllegalStateException(questions.size() + " questions and " + lines.size() + " answers");
        }
        var next = new NextTransaction();
        List<Tail> tails = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            TailLine line = lines.get(i);
            tails.add(new Tail(
                    line.member(),
                    line.lastSeq(),
                    line.epoch(),
                    settled(questions.get(i).membershipRow(), line.membershipShown(), line.oldest(), next),
                    settled(questions.get(i).newestRow(), line.newestShown(), line.oldest(), next)));
        }
        return tails;
    }

    @Override
    public Optional<Page> page(UUID conversationId, String userId, long after, long row) {
        List<Line> lines = jdbc.sql(PAGE)
                .param("conversation", conversationId)
                .param("user", userId)
                .param("after", after)
                .param("messages", PAGE_MESSAGES)
                .param("bytes", PAGE_BYTES)
                .param("row", row)
                .query(Line.class)
                .list();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<RoomEvent> messages = new ArrayList<>(lines.size());
        for (Line line : lines) {
            if (line.seq() != null && line.json() != null) {
                messages.add(RoomEvent.message(conversationId, line.seq(), line.json()));
            }
        }
        Line any = lines.get(0);
        return Optional.of(new Page(messages, settled(row, any.shown(), any.oldest(), new NextTransaction())));
    }

    @Override
    public Set<Long> settled(Collection<Long> rows) {
        List<ShownLine> lines = jdbc.sql(SHOWN)
                .param("rows", rows.stream().mapToLong(Long::longValue).toArray())
                .query(ShownLine.class)
                .list();
        var next = new NextTransaction();
        return lines.stream()
                .filter(line -> settled(line.id(), line.shown(), line.oldest(), next))
                .map(ShownLine::id)
                .collect(Collectors.toSet());
    }

    private boolean settled(long row, boolean shown, long oldest, LongSupplier nextTransaction) {
        return unseen.settled(row, shown, oldest, System.nanoTime(), nextTransaction);
    }

    /**
     * A transaction id for all doubtful rows of one answer. It is asked for only if there is such a row, and only once the
     * answer has been read: the thread would else hold two connections of the pool.
     */
    private final class NextTransaction implements LongSupplier {

        private long id;

        @Override
        public long getAsLong() {
            if (id == 0) {
                id = jdbc.sql("select pg_current_xact_id()::text::bigint")
                        .query(Long.class)
                        .single();
            }
            return id;
        }
    }
}
