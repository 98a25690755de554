package io.walcast.app.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import io.walcast.db.BoundedBackends;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Gives the pool of the requests its limits, before it opens its first connection. */
@Component
final class PoolLimits implements BeanPostProcessor {

    /**
     * As the migrations have it for {@code walcast_app}: a login of another name gets it here. The longest statement is
     * shorter than the socketTimeout, so that PostgreSQL gives up first.
     */
    private static final String SESSION = """
            set lock_timeout = '2s';
            set statement_timeout = '8s';
            set idle_in_transaction_session_timeout = '10s'
            """;

    /** A role or a database may have another default, under which posts to a busy conversation fail one another. */
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
