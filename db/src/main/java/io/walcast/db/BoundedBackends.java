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
 * Opens connections for a pool, and bounds the number of their PostgreSQL backends: a closed connection counts for as
 * long as its backend still runs a statement.
 *
 * <p>A pool closes a connection on which no answer arrived in time, and opens another one. The backend does not notice.
 * A backend that waits for a synchronous standby after its commit waits for as long as the standby is away, and so does
 * each backend that replaces it, up to {@code max_connections}. Such a backend cannot be cancelled, since its commit is
 * made. Therefore it keeps its place. Idle backends of lost connections are terminated.
 *
 * <p><b>Concurrency.</b> Thread-safe; connections are opened one after the other. <b>Error policy.</b> Above the bound
 * {@link #getConnection()} throws with SQLSTATE 53300, and the pool tries again. With a pooler in between, the
 * backends are the pooler's, and nothing is counted.
 */
public final class BoundedBackends extends DelegatingDataSource {

    private static final String SELF = """
            select pid, (extract(epoch from backend_start) * 1000000)::bigint
            from pg_stat_activity where pid = pg_backend_pid()
            """;

    /**
     * Materialized, so that pg_terminate_backend is never called for the backend of anybody else. A backend whose
     * connection was closed properly is idle too, until it has read the close.
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

    /** A server process: its id alone does not identify it, since ids are reused. */
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
     * @param most maximum number of backends, including those of closed connections
     */
    public BoundedBackends(DataSource opener, int most) {
        super(opener);
        this.most = most;
    }

    /** The number of closed connections whose backend still ran a statement when a connection was last opened. */
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
                        running + " statements that timed out are still running in PostgreSQL; they may wait for a"
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

    /** The backends of closed connections that still run a statement. All others of closed connections are removed. */
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

    /** Null with a pooler in between, where each statement may have another backend. */
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
