package io.walcast.relay.feed;

import io.walcast.relay.runtime.RelayDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads a user's conversations from the tables of the primary. Each answer comes from one statement, and so from one
 * snapshot.
 *
 * <p>{@code changed_in} has no index, and needs none: a user's conversations are found by the index of members, and the
 * snapshot is compared row by row.
 */
@Component
class FeedStatements implements FeedTables {

    /** Data of conversation.activity, from a row {@code l}. */
    private static final String ROW = """
            jsonb_build_object(
                'conversationId', l.conversation_id, 'title', l.title, 'lastSeq', l.last_seq, 'lastPos', l.last_pos,
                'readSeq', l.read_seq, 'version', l.last_pos,
                'updatedAt', to_char(l.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'lastMessage', (
                    select message_json(e.id, e.conversation_id, e.sender_id, e.type, left(e.content, 200), e.parent_id,
                                        e.seq, e.created_at, coalesce(e.version, e.pos, e.seq), e.edited_at, e.deleted_at)
                           - array['conversationId', 'parentId']
                    from messages e where e.conversation_id = l.conversation_id and e.seq = l.last_seq))::text
            """;

    private static final String CHANGES = """
            with mine as (
                select m.conversation_id, m.version, m.read_seq, c.title, c.last_seq, c.last_seq + c.events as last_pos,
                       c.updated_at, greatest(m.changed_in, c.changed_in) as changed_in,
                       coalesce(not pg_visible_in_snapshot(m.changed_in, q.since), q.since is null)
                           as membership_changed,
                       coalesce(not pg_visible_in_snapshot(c.changed_in, q.since), q.since is null)
                           as conversation_changed
                from (select cast(:since as pg_snapshot) as since) q
                -- A full join is never a loop over one side for each row of the other one. Both have the same ids.
                cross join (
                    (select conversation_id, version, read_seq, changed_in from members where user_id = :user) m
                    full join (
                        select id, title, last_seq, events, updated_at, changed_in from conversations
                        where id = any (array(select conversation_id from members where user_id = :user))) c
                    on c.id = m.conversation_id)
            ), unchanged as (
                select array_agg(conversation_id) as ids, array_agg(version) as versions, array_agg(last_seq) as seqs,
                       array_agg(last_pos) as positions, max(changed_in)::text::bigint as newest
                from mine
                where not (membership_changed or conversation_changed)
            ), changed as (
                select mine.*, row_number() over (order by updated_at desc, conversation_id) as place
                from mine
                where membership_changed or conversation_changed
            )
            select head.*, entry.*
            from (
                select pg_current_snapshot()::text as snapshot,
                       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest,
                       (select system_identifier from pg_control_system()) || '-'
                           || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as epoch
            ) head
            cross join (
                select null::uuid as conversation_id, null::bigint as version, null::bigint as last_seq,
                       null::bigint as last_pos, null::boolean as membership_changed,
                       greatest(u.newest, (select max(f.changed_in::text::bigint) from former_members f
                                           where f.user_id = :user)) as changed_in,
                       null::boolean as ended, 0::bigint as place, null::text as row,
                       u.ids, u.versions, u.seqs, u.positions
                from unchanged u
                union all
                select l.conversation_id, l.version, l.last_seq, l.last_pos, l.membership_changed,
                       l.changed_in::text::bigint, false, l.place, case when l.place <= :rows then
            """ + ROW + """
                       end, null, null, null, null
                from changed l
                union all
                select f.conversation_id, f.version, null, null, null, null, true, null, null, null, null, null, null
                from former_members f
                where f.user_id = :user
                  and not pg_visible_in_snapshot(f.changed_in, cast(:since as pg_snapshot))
            ) entry
            order by entry.place
            """;

    private static final String ROWS = """
            select l.conversation_id, l.last_seq, l.last_pos,
            """ + ROW + """
                   as row
            from (
                select m.conversation_id, m.read_seq, c.title, c.last_seq, c.last_seq + c.events as last_pos, c.updated_at
                from unnest(cast(:conversations as uuid[])) q (id)
                join members m on m.conversation_id = q.id and m.user_id = :user
                join conversations c on c.id = m.conversation_id
            ) l
            """;

    private final JdbcClient jdbc;

    FeedStatements(RelayDatabase database) {
        this.jdbc = database.jdbc();
    }

    @Override
    public Changes changes(String userId, @Nullable Snapshot since, int rows) {
        return jdbc.sql(CHANGES)
                .param("user", userId)
                .param("since", since == null ? null : since.toString())
                .param("rows", rows)
                .query(FeedStatements::readChanges);
    }

    private static Changes readChanges(ResultSet result) throws SQLException {
        List<Listed> listed = new ArrayList<>();
        List<Listed> unchanged = List.of();
        List<Ended> ended = new ArrayList<>();
        String epoch = "";
        Snapshot snapshot = null;
        long oldest = 0;
        long newest = 0;
        while (result.next()) {
            UUID conversationId = result.getObject("conversation_id", UUID.class);
            newest = Math.max(newest, result.getLong("changed_in"));
            if (conversationId == null) {
                snapshot = Snapshot.parse(result.getString("snapshot"));
                epoch = result.getString("epoch");
                oldest = result.getLong("oldest");
                unchanged = readUnchanged(result);
            } else if (result.getBoolean("ended")) {
                ended.add(new Ended(conversationId, result.getLong("version")));
            } else {
                String json = result.getString("row");
                long lastSeq = result.getLong("last_seq");
                long lastPos = result.getLong("last_pos");
                listed.add(new Listed(
                        conversationId,
                        result.getLong("version"),
                        lastSeq,
                        lastPos,
                        true,
                        result.getBoolean("membership_changed"),
                        json == null ? null : new Row(conversationId, lastSeq, lastPos, json)));
            }
        }
        if (snapshot == null) {
            throw new IllegalStateException("the statement always has a first row");
        }
        listed.addAll(unchanged);
        return new Changes(epoch, snapshot.upTo(newest), oldest, listed, ended);
    }

    /** Unchanged conversations come as arrays in one row: there may be thousands. */
    private static List<Listed> readUnchanged(ResultSet result) throws SQLException {
        if (result.getArray("ids") == null) {
            return List.of();
        }
        var ids = (UUID[]) result.getArray("ids").getArray();
        var versions = (Long[]) result.getArray("versions").getArray();
        var seqs = (Long[]) result.getArray("seqs").getArray();
        var positions = (Long[]) result.getArray("positions").getArray();
        List<Listed> listed = new ArrayList<>(ids.length);
        for (int i = 0; i < ids.length; i++) {
            listed.add(new Listed(ids[i], versions[i], seqs[i], positions[i], false, false, null));
        }
        return listed;
    }

    @Override
    public List<Row> rows(String userId, Collection<UUID> conversationIds) {
        return jdbc.sql(ROWS)
                .param("user", userId)
                .param(
                        "conversations",
                        conversationIds.stream().map(UUID::toString).toArray(String[]::new))
                .query((result, number) -> new Row(
                        result.getObject("conversation_id", UUID.class),
                        result.getLong("last_seq"),
                        result.getLong("last_pos"),
                        result.getString("row")))
                .list();
    }

    @Override
    public long nextTransaction() {
        return jdbc.sql("select pg_current_xact_id()::text::bigint")
                .query(Long.class)
                .single();
    }
}
