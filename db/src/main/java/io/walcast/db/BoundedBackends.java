package io.walcast.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Opens connections for a pool, and never more than PostgreSQL has backends for in all: a connection that was closed
 * counts for as long as its backend still runs a statement.
 *
 * <p>A pool drops a connection on which no answer came in time, and opens another one. The backend does not notice. One
 * that has committed and waits for a synchronous standby waits for as long as that is away, and each one that replaces it
 * comes to wait there as well, until there are {@code max_connections}. It cannot be cancelled either, since its commit
 * stands. So it keeps its place. Backends that rest after their connection was lost are ended.
 *
 * <p><b>Concurrency.</b> Thread-safe; connections are opened one after the other. <b>Error policy.</b> Above the bound
 * {@link #getConnection()} throws with SQLSTATE 53300, and the pool tries again. Behind a pooler the backends are the
 * pooler's: nothing is counted.
 */
public final class BoundedBackends extends DelegatingDataSource {

    private static final String SELF = """
            select pid, (extract(epoch from backend_start) * 1000000)::bigint
            from pg_stat_activity where pid = pg_backend_pid()
            """;

    /**
     * Materialized, so that nobody else's backend comes near the function that ends it. A backend whose connection was
     * closed in order rests as well, until it has read that.
     */
    private static final String RUNNING = """
            with former as materialized (
                select a.pid, a.state
                from unnest(cast(? as int[]), cast(? as bigint[])) as closed (pid, started)
                join pg_stat_activity a
                  on a.pid = closed.pid and (extract(epoch from a.backend_start) * 1000000)::bigint = closed.started
            )
            select pid from former
            where case
                      when state like 'idle%' then not pg_terminate_backend(pid)
                      else coalesce(state in ('active', 'fastpath function call'), false)
                  end
            """;

    /** A server process, which its id alone does not identify. */
    private record Backend(Connection connection, int pid, long started) {

        boolean isClosed() {
            try {
                return connection.isClosed();
            } catch (SQLException e) {
                throw new IllegalStateException("the driver's connections always know whether they are closed", e);
            }
        }
    }

    private final int most;
    private final List<Backend> backends = new CopyOnWriteArrayList<>();
    private volatile int lingering;

    /**
     * Bounds another data source.
     *
     * @param opener opens the connections
     * @param most how many backends there may be, those of closed connections included
     */
    public BoundedBackends(DataSource opener, int most) {
        super(opener);
        this.most = most;
    }

    /** How many closed connections had a backend that still ran a statement when a connection was last opened. */
    public int lingering() {
        return lingering;
    }

    /**
     * Whether the backend of a closed connection of this data source still runs a statement.
     *
     * @param asking an open connection
     */
    public synchronized boolean stillRuns(Connection closed, Connection asking) throws SQLException {
        return backends.stream().anyMatch(backend -> backend.connection() == closed)
                && running(asking).stream().anyMatch(backend -> backend.connection() == closed);
    }

    @Override
    public synchronized Connection getConnection() throws SQLException {
        return admit(super.getConnection());
    }

    @Override
    public synchronized Connection getConnection(String username, String password) throws SQLException {
        return admit(super.getConnection(username, password));
    }

    private Connection admit(Connection opened) throws SQLException {
        try {
            int running = running(opened).size();
            if (backends.size() >= most) {
                throw new SQLTransientConnectionException(
                        running + " statements that were given up have not ended in PostgreSQL; they may wait for a"
                                + " synchronous standby",
                        "53300");
            }
            Backend backend = backend(opened);
            if (backend != null) {
                backends.add(backend);
            }
            return opened;
        } catch (SQLException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Those of closed connections that still run a statement; all others of closed connections are forgotten. */
    private List<Backend> running(Connection asking) throws SQLException {
        var closed = new ArrayList<>(backends);
        closed.removeIf(backend -> !backend.isClosed());
        if (closed.isEmpty()) {
            lingering = 0;
            return closed;
        }
        Set<Integer> running = new HashSet<>();
        try (var select = asking.prepareStatement(RUNNING)) {
            select.setArray(
                    1,
                    asking.createArrayOf(
                            "int4", closed.stream().map(Backend::pid).toArray()));
            select.setArray(
                    2,
                    asking.createArrayOf(
                            "int8", closed.stream().map(Backend::started).toArray()));
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    running.add(rows.getInt(1));
                }
            }
        }
        var ended = new ArrayList<Backend>(closed);
        ended.removeIf(backend -> running.contains(backend.pid()));
        backends.removeAll(ended);
        closed.removeAll(ended);
        lingering = closed.size();
        return closed;
    }

    /** Null behind a pooler, where the backend is another one each time. */
    private static @Nullable Backend backend(Connection opened) throws SQLException {
        try (var select = opened.createStatement();
                var row = select.executeQuery(SELF)) {
            if (row.next() && row.getInt(1) == opened.unwrap(PGConnection.class).getBackendPID()) {
                return new Backend(opened, row.getInt(1), row.getLong(2));
            }
            return null;
        }
    }
}
