package io.walcast.app.rest;

import com.zaxxer.hikari.HikariDataSource;
import io.walcast.db.TestDatabase;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The packages of the REST API and nothing of the relay, logged in to PostgreSQL with the grants of production. No
 * {@code @Configuration}: tests of the whole server look for those in this package, too.
 */
@EnableAutoConfiguration
@ComponentScan({
    "io.walcast.app.api",
    "io.walcast.app.conversations",
    "io.walcast.app.database",
    "io.walcast.app.identity",
    "io.walcast.app.limits",
    "io.walcast.app.messages",
    "io.walcast.app.outbox",
    "io.walcast.app.problems",
})
class RestApplication {

    private static final String LOGIN = """
            do $$
            begin
                if not exists (select from pg_roles where rolname = 'walcast_app_login') then
                    create role walcast_app_login login in role walcast_app;
                end if;
            end
            $$
            """;

    @Bean
    TestDatabase database() {
        var database = TestDatabase.create();
        JdbcClient.create(database.dataSource()).sql(LOGIN).update();
        return database;
    }

    @Bean
    HikariDataSource dataSource(TestDatabase database) {
        var dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(database.url());
        dataSource.setUsername("walcast_app_login");
        // Large enough that posts contend in PostgreSQL, not for the pool.
        dataSource.setMaximumPoolSize(16);
        dataSource.setConnectionTimeout(1_000);
        return dataSource;
    }

    @Bean
    RestClient client(Environment environment) {
        return new RestClient(environment);
    }
}
