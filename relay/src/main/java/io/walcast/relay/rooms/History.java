package io.walcast.relay.rooms;

import io.walcast.relay.runtime.RelayDatabase;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads conversations from the tables: the members, the newest numbers, and the log in pages.
 *
 * <p>Each answer comes from one statement, and so from one snapshot. {@code seq} and {@code pos} are assigned under the
 * lock of the conversation's row. So a snapshot that shows {@code last_pos} shows every event up to it, and a number
 * without a row stays without one.
 */
@Component
class History implements Conversations {

    /**
     * Most events of a page, which a catch-up holds in memory. {@code PAGE_BYTES} limits its content, approximately.
     */
    static final int PAGE_EVENTS = 500;

    private static final int FIRST_PAGE_EVENTS = 100;
    private static final int PAGE_BYTES = 192 * 1024;

    // The read markers of the members of c; null if there are too many of them. Those at the beginning are left out.
    private static final String READS = """
            select case when count(*) <= :most then
                       array_agg(jsonb_build_object('conversationId', c.id, 'userId', r.user_id, 'seq', r.read_seq)::text)
                           filter (where r.read_seq > 0)
                   end
            from (select user_id, read_seq from members where conversation_id = c.id limit :most + 1) r
            """;

    // Scalar subqueries and no `exists`, for which the planner might build a hash of the whole outbox.
    private static final String TAILS = """
            select m.user_id is not null as member, coalesce(c.last_seq, 0) as last_seq,
                   coalesce(c.last_seq + c.events, 0) as last_pos,
                   case when q.after > 0 and m.user_id is not null then (
                       select coalesce(a.pos, a.seq) from messages a
                       where a.conversation_id = c.id and a.seq <= q.after
                       order by a.seq desc limit 1) end as after_pos,
                   epoch.name as epoch,
                   (select o.id from outbox o where o.id = q.membership_row) is not null as membership_shown,
                   (select o.id from outbox o where o.id = q.newest_row) is not null as newest_shown,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
                   m.read_seq, case when q.reads then (/* reads */) end as reads
            from unnest(:conversations, :users, :afters, :membershipRows, :newestRows, :reads)
                     with ordinality q(conversation_id, user_id, after, membership_row, newest_row, reads, number)
            cross join (
                select (select system_identifier from pg_control_system()) || '-'
                         || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as name
            ) epoch
            left join conversations c on c.id = q.conversation_id::uuid
            left join members m on m.conversation_id = c.id and m.user_id = q.user_id
            order by q.number
            """.replace("/* reads */", READS);

    private static final String PAGE = """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
                   (select o.id from outbox o where o.id = :row) is not null as shown,
                   page.pos, page.seq, page.topic, page.data,
                   case when page.pos is null then
                       (select read_seq from members m where m.conversation_id = c.id and m.user_id = :user) end as read_seq,
                   case when page.pos is null and :reads and :intimate then (/* reads */) end as reads
            from conversations c
            left join lateral log_page(c.id, :pos, :seq, :events, :bytes) page on true
            where c.id = :conversation
              and exists (select from members m where m.conversation_id = c.id and m.user_id = :user)
            order by page.pos
            """.replace("/* reads */", READS);

    private static final String SHOWN = """
            select q.id, (select o.id from outbox o where o.id = q.id) is not null as shown,
                   pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest
            from unnest(:rows) q(id)
            """;

    private record TailLine(
            boolean member,
            long lastSeq,
            long lastPos,
            long afterPos,
            String epoch,
            boolean membershipShown,
            boolean newestShown,
            long oldest,
            long readSeq,
            String @Nullable [] reads) {}

    private record ShownLine(long id, boolean shown, long oldest) {}

    private record Line(
            long oldest,
            boolean shown,
            long pos,
            long seq,
            @Nullable String topic,
            @Nullable String data,
            long readSeq,
            String @Nullable [] reads) {}

    private final JdbcClient jdbc;
    private final RoomSettings settings;
    private final EventNames names;
    private final UnseenRows unseen = new UnseenRows();

    History(RelayDatabase database, RoomSettings settings, EventNames names) {
        this.jdbc = database.jdbc();
        this.names = names;
        this.settings = settings;
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
                .param("afters", questions.stream().map(Question::after).toArray(Long[]::new))
                .param(
                        "membershipRows",
                        questions.stream().mapToLong(Question::membershipRow).toArray())
                .param(
                        "newestRows",
                        questions.stream().mapToLong(Question::newestRow).toArray())
                .param("reads", firstOfEachIntimate(questions))
                .param("most", settings.intimateSize())
                .query(History::tailLine)
                .list();
        if (lines.size() != questions.size()) {
            throw new IllegalStateException(questions.size() + " questions and " + lines.size() + " answers");
        }
        var next = new NextTransaction();
        Map<UUID, List<RoomEvent>> reads = new HashMap<>();
        List<Tail> tails = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            TailLine line = lines.get(i);
            Question question = questions.get(i);
            if (line.reads() != null) {
                reads.put(question.conversationId(), reads(question.conversationId(), line.reads()));
            }
            List<RoomEvent> everyones = question.intimate() ? reads.get(question.conversationId()) : null;
            tails.add(new Tail(
                    line.member(),
                    line.lastSeq(),
                    line.lastPos(),
                    line.afterPos(),
                    line.epoch(),
                    settled(question.membershipRow(), line.membershipShown(), line.oldest(), next),
                    settled(question.newestRow(), line.newestShown(), line.oldest(), next),
                    everyones != null
                            ? everyones
                            : ownRead(question.conversationId(), question.userId(), line.readSeq())));
        }
        return tails;
    }

    /** The joins of one conversation share the markers of its members. */
    private static Boolean[] firstOfEachIntimate(List<Question> questions) {
        Set<UUID> seen = new HashSet<>();
        return questions.stream()
                .map(question -> question.intimate() && seen.add(question.conversationId()))
                .toArray(Boolean[]::new);
    }

    private static TailLine tailLine(ResultSet row, int number) throws SQLException {
        return new TailLine(
                row.getBoolean("member"),
                row.getLong("last_seq"),
                row.getLong("last_pos"),
                row.getLong("after_pos"),
                row.getString("epoch"),
                row.getBoolean("membership_shown"),
                row.getBoolean("newest_shown"),
                row.getLong("oldest"),
                row.getLong("read_seq"),
                texts(row.getArray("reads")));
    }

    @Override
    public Optional<Page> page(UUID conversationId, String userId, Wanted wanted) {
        List<Line> lines = jdbc.sql(PAGE)
                .param("conversation", conversationId)
                .param("user", userId)
                .param("pos", wanted.pos())
                .param("seq", wanted.seq())
                .param("events", wanted.first() ? FIRST_PAGE_EVENTS : PAGE_EVENTS)
                .param("bytes", PAGE_BYTES)
                .param("row", wanted.row())
                .param("reads", wanted.reads())
                .param("intimate", wanted.intimate())
                .param("most", settings.intimateSize())
                .query(History::line)
                .list();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<RoomEvent> events = new ArrayList<>(lines.size());
        long from = wanted.pos();
        for (Line line : lines) {
            if (line.pos() == 0) {
                continue;
            }
            String name = line.topic() == null ? null : names.ofTopic(line.topic());
            events.add(
                    name == null || line.data() == null
                            ? RoomEvent.position(conversationId, from, line.pos())
                            : RoomEvent.logged(conversationId, from, line.pos(), line.seq(), name, line.data()));
            from = line.pos();
        }
        Line any = lines.get(0);
        boolean settled = settled(wanted.row(), any.shown(), any.oldest(), new NextTransaction());
        return Optional.of(new Page(events, settled, reads(conversationId, userId, wanted, any)));
    }

    private static Line line(ResultSet row, int number) throws SQLException {
        return new Line(
                row.getLong("oldest"),
                row.getBoolean("shown"),
                row.getLong("pos"),
                row.getLong("seq"),
                row.getString("topic"),
                row.getString("data"),
                row.getLong("read_seq"),
                texts(row.getArray("reads")));
    }

    private static List<RoomEvent> reads(UUID conversationId, String userId, Wanted wanted, Line line) {
        if (!wanted.reads()) {
            return List.of();
        }
        return line.reads() == null
                ? ownRead(conversationId, userId, line.readSeq())
                : reads(conversationId, line.reads());
    }

    private static List<RoomEvent> reads(UUID conversationId, String[] everyones) {
        return Arrays.stream(everyones)
                .map(json -> RoomEvent.notice(conversationId, RoomEvent.READ, json))
                .toList();
    }

    private static List<RoomEvent> ownRead(UUID conversationId, String userId, long seq) {
        return seq == 0 ? List.of() : List.of(RoomEvent.read(conversationId, userId, seq));
    }

    private static String @Nullable [] texts(@Nullable Array array) throws SQLException {
        return array == null ? null : (String[]) array.getArray();
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
     * A transaction id for all doubtful rows of one answer. It is read only if there is such a row, and only after the
     * answer has been read: otherwise the thread would hold two connections of the pool.
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
