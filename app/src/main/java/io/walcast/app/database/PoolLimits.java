package io.walcast.app.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import io.walcast.db.BoundedBackends;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Sets the limits of the connection pool and of its sessions, before it opens its first connection. */
@Component
final class PoolLimits implements BeanPostProcessor {

    /**
     * The migrations set the same for {@code walcast_app}; this is for a login of another name. The statement_timeout
     * is shorter than the socketTimeout, so that PostgreSQL gives up first. Machine code for a statement takes
     * PostgreSQL far longer to compile than the statement itself takes. Kinds of plans that somebody has switched off for
     * a whole database are needed here. An error must not carry a message's text.
     */
    private static final String SESSION = """
            set lock_timeout = '2s';
            set statement_timeout = '8s';
            set idle_in_transaction_session_timeout = '10s';
            set jit = off;
            set enable_nestloop = on;
            set enable_indexscan = on;
            set enable_sort = on;
            set log_parameter_max_length_on_error = 0
            """;

    /** A role or a database may have another default, with which concurrent posts to one conversation would fail. */
    private static final String ISOLATION = "TRANSACTION_READ_COMMITTED";

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool && pool.getDataSource() == null) {
            if (pool.getConnectionInitSql() == null) {
                pool.setConnectionInitSql(SESSION);
            }
            if (pool.getTransactionIsolation() == null) {
                pool.setTransactionIsolation(ISOLATION);
            }
            var driver = new DriverDataSource(
                    pool.getJdbcUrl(),
                    pool.getDriverClassName(),
                    pool.getDataSourceProperties(),
                    pool.getUsername(),
                    pool.getPassword());
            pool.setDataSource(new BoundedBackends(driver, pool.getMaximumPoolSize()));
        }
        return bean;
    }
}
