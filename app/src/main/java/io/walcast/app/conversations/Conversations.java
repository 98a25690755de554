package io.walcast.app.conversations;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.walcast.app.limits.Page;
import io.walcast.app.limits.WriteShares;
import io.walcast.app.outbox.TraceContext;
import io.walcast.identity.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads and writes the table of conversations, limited to what one user may see. Thread-safe. */
@Repository
class Conversations {

    // The statement is the whole transaction, whose time the rows have.
    private static final String CREATE = """
            select now() as created_at
            from create_conversation(:id, :title, :creator, cast(:members as text[]), cast(:headers as jsonb))
            """;

    /** Most bytes of a list of user ids, of the members and of the owners each: a conversation can have any number. */
    private static final int LISTED_BYTES = 256 * 1024;

    // Each id takes three bytes more as JSON. The inner limit is as many as the shortest ids can be.
    private static final String LISTED = """
            array(select user_id
                  from (select user_id, sum(octet_length(user_id) + 3) over (order by user_id collate "C") as bytes
                        from (select user_id from members
                              where conversation_id = c.id and /* whose */
                              order by user_id collate "C" limit :listed / 4) first) ids
                  where bytes <= :listed
                  order by user_id collate "C")
            """;

    private static final String COLUMNS = """
            c.id, c.title, c.version, c.last_seq, c.last_seq + c.events as last_pos, c.created_at, c.updated_at, c.read_seq,
            newest.id as message_id, newest.sender_id, newest.type, left(newest.content, :preview) as preview,
            newest.created_at as posted_at, coalesce(newest.version, newest.pos, newest.seq) as message_version,
            newest.edited_at, newest.deleted_at,
            """
            + LISTED.replace("/* whose */", "true") + " as members, "
            + LISTED.replace("/* whose */", "role = 'owner'") + " as owners, sizes.more ";

    private static final String SIZES = """
            lateral (
                select coalesce(sum(octet_length(user_id) + 3), 0) > :listed as more,
                       least(:listed, coalesce(sum(octet_length(user_id) + 3), 0))
                         + least(:listed, coalesce(sum(octet_length(user_id) + 3) filter (where role = 'owner'), 0))
                         as bytes
                from members where conversation_id = c.id
            ) sizes
            """;

    private static final String NEWEST = """
            left join messages newest on newest.conversation_id = c.id and newest.seq = c.last_seq
            """;

    private static final String GET = "select " + COLUMNS + """
            , sizes.bytes, 1 as found
            from (
                select c.*, m.read_seq
                from conversations c join members m on m.conversation_id = c.id and m.user_id = :user
                where c.id = :id and is_member(c.id, :user)
            ) c
            """ + NEWEST + " cross join " + SIZES;

    /*
     * The page is cut before lists of members are made. One row more than asked for is read, to know whether there is a
     * next page. A conversation is counted as its members, its title, the longest preview and 256 bytes.
     */
    private static final String PAGE = "select " + COLUMNS + """
            , c.bytes, c.found
            from (
                select c.*, sizes.more, row_number() over page as place, count(*) over () as found,
                       sum(256 + 4 * :preview + coalesce(octet_length(c.title), 0) + sizes.bytes) over page as bytes
                from (
                    select c.*, m.read_seq
                    from members m join conversations c on c.id = m.conversation_id
                    where m.user_id = :user and (c.updated_at, c.id) < (:updatedAt, :id)
                    order by c.updated_at desc, c.id desc
                    limit :limit + 1
                ) c,
            """ + SIZES + """
                window page as (order by c.updated_at desc, c.id desc)
            ) c
            """ + NEWEST + """
            cross join lateral (select c.more) sizes
            where c.place <= :limit and (c.place = 1 or c.bytes <= :bytes)
            order by c.updated_at desc, c.id desc
            """;

    /** Most characters that a list shows of the newest message. */
    private static final int PREVIEW = 200;

    // Ordered by time, so that new rows share pages of the index.
    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    private final JdbcClient jdbc;
    private final WriteShares shares;

    Conversations(JdbcClient jdbc, WriteShares shares) {
        this.jdbc = jdbc;
        this.shares = shares;
    }

    /** Creates a conversation of these members and the creator, who owns it. */
    Conversation create(UserId creator, NewConversation conversation) {
        var members = new TreeSet<>(conversation.members());
        members.add(creator.value());
        var id = IDS.generate();
        Instant now = shares.write(
                null,
                () -> jdbc.sql(CREATE)
                        .param("id", id)
                        .param("title", conversation.title(), Types.VARCHAR)
                        .param("creator", creator.value())
                        .param("members", members.toArray(String[]::new))
                        .param("headers", TraceContext.asHeaders())
                        .query((row, number) -> time(row, "created_at"))
                        .single());
        return new Conversation(
                id,
                conversation.title(),
                0,
                List.copyOf(members),
                List.of(creator.value()),
                false,
                0,
                members.size(),
                0,
                0,
                null,
                now,
                now);
    }

    /** Empty if there is no such conversation, or the user is not a member. */
    Page<Conversation> find(UUID id, UserId user) {
        return page(jdbc.sql(GET)
                .param("id", id)
                .param("user", user.value())
                .param("listed", LISTED_BYTES)
                .param("preview", PREVIEW));
    }

    /**
     * The user's conversations after a cursor, the last updated first.
     *
     * @param bytes most that they may take, unless the first one takes more
     */
    Page<Conversation> page(UserId user, Cursor after, int limit, long bytes) {
        return page(jdbc.sql(PAGE)
                .param("user", user.value())
                .param("updatedAt", after.updatedAt())
                .param("id", after.id())
                .param("limit", limit)
                .param("bytes", bytes)
                .param("listed", LISTED_BYTES)
                .param("preview", PREVIEW));
    }

    private static Page<Conversation> page(JdbcClient.StatementSpec statement) {
        record Measured(Conversation conversation, long found, long bytes) {}
        var rows = statement
                .query((row, number) ->
                        new Measured(conversation(row, number), row.getLong("found"), row.getLong("bytes")))
                .list();
        if (rows.isEmpty()) {
            return new Page<>(List.of(), false, 0);
        }
        var last = rows.get(rows.size() - 1);
        return new Page<>(rows.stream().map(Measured::conversation).toList(), last.found() > rows.size(), last.bytes());
    }

    private static Conversation conversation(ResultSet row, int number) throws SQLException {
        long lastSeq = row.getLong("last_seq");
        long readSeq = row.getLong("read_seq");
        return new Conversation(
                row.getObject("id", UUID.class),
                row.getString("title"),
                row.getLong("version"),
                List.of((String[]) row.getArray("members").getArray()),
                List.of((String[]) row.getArray("owners").getArray()),
                row.getBoolean("more"),
                lastSeq,
                row.getLong("last_pos"),
                readSeq,
                Math.max(0, lastSeq - readSeq),
                newest(row, lastSeq),
                time(row, "created_at"),
                time(row, "updated_at"));
    }

    private static Conversation.@Nullable Newest newest(ResultSet row, long seq) throws SQLException {
        @Nullable UUID id = row.getObject("message_id", UUID.class);
        return id == null
                ? null
                : new Conversation.Newest(
                        id,
                        row.getString("sender_id"),
                        row.getString("type"),
                        row.getString("preview"),
                        seq,
                        time(row, "posted_at"),
                        row.getLong("message_version"),
                        optionalTime(row, "edited_at"),
                        optionalTime(row, "deleted_at"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant optionalTime(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
