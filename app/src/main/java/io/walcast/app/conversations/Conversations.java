package io.walcast.app.conversations;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.walcast.app.limits.WriteShares;
import io.walcast.identity.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of conversations, as far as one user may see it. Thread-safe. */
@Repository
class Conversations {

    private static final String CREATE = """
            with conversation as (
                insert into conversations (id, title) values (:id, :title)
                returning id, title, last_seq, created_at, updated_at
            ), joined as (
                insert into members (conversation_id, user_id, role)
                select id, member, case member when :creator then 'owner' else 'member' end
                from conversation, unnest(cast(:members as text[])) member
            )
            select *, cast(:members as text[]) as members, array[cast(:creator as text)] as owners from conversation
            """;

    private static final String GET = """
            select id, title, last_seq, created_at, updated_at,
                   array(select user_id from members where conversation_id = id order by user_id collate "C")
                       as members,
                   array(select user_id from members
                         where conversation_id = id and role = 'owner' order by user_id collate "C") as owners
            from conversations
            where id = :id and is_member(id, :user)
            """;

    private static final String PAGE = """
            select c.id, c.title, c.last_seq, c.created_at, c.updated_at,
                   array(select user_id from members where conversation_id = c.id order by user_id collate "C")
                       as members,
                   array(select user_id from members
                         where conversation_id = c.id and role = 'owner' order by user_id collate "C") as owners
            from members m join conversations c on c.id = m.conversation_id
            where m.user_id = :user and (c.updated_at, c.id) < (:updatedAt, :id)
            order by c.updated_at desc, c.id desc
            limit :limit
            """;

    // Ordered by time, so that new rows meet in the same pages of the index.
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
        return shares.write(
                null,
                () -> jdbc.sql(CREATE)
                        .param("id", IDS.generate())
                        .param("title", conversation.title(), Types.VARCHAR)
                        .param("creator", creator.value())
                        .param("members", members.toArray(String[]::new))
                        .query(Conversations::conversation)
                        .single());
    }

    /** Empty if there is no such conversation, or the user is not a member. */
    Optional<Conversation> find(UUID id, UserId user) {
        return jdbc.sql(GET)
                .param("id", id)
                .param("user", user.value())
                .query(Conversations::conversation)
                .optional();
    }

    /** The user's conversations that come after a cursor, the last updated first. */
    List<Conversation> page(UserId user, Cursor after, int limit) {
        return jdbc.sql(PAGE)
                .param("user", user.value())
                .param("updatedAt", after.updatedAt())
                .param("id", after.id())
                .param("limit", limit)
                .query(Conversations::conversation)
                .list();
    }

    private static Conversation conversation(ResultSet row, int number) throws SQLException {
        return new Conversation(
                row.getObject("id", UUID.class),
                row.getString("title"),
                List.of((String[]) row.getArray("members").getArray()),
                List.of((String[]) row.getArray("owners").getArray()),
                row.getLong("last_seq"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
