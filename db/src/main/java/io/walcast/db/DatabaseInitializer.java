package io.walcast.db;

import io.walcast.startup.StartupException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Prepares the database before the application context starts: checks the server that {@code spring.datasource.url}
 * names, or starts an embedded one.
 *
 * <p>It runs before any bean, so that a problem with the database is the only one that is reported. Afterwards {@code
 * walcast.relay.database.url}, {@code username} and {@code password} are set in either case.
 */
final class DatabaseInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseInitializer.class);
    private static final String DATABASE = "walcast";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var environment = context.getEnvironment();
        if (environment.containsProperty("spring.datasource.url")) {
            useExternal(environment);
        } else {
            startEmbedded(environment);
        }
    }

    private static void useExternal(ConfigurableEnvironment environment) {
        var server = ExternalServer.of(environment);
        server.check();
        var found = new HashMap<String, Object>(server.relay().asProperties());
        if (server.migration() != null) {
            // With a connection of its own: the time-outs of the pool must not apply to a migration that rewrites a
            // table.
            found.putAll(server.migration().asProperties());
            found.putAll(SchemaCheck.FLYWAY);
        }
        environment.getPropertySources().addLast(new MapPropertySource("external PostgreSQL", found));
    }

    private static void startEmbedded(ConfigurableEnvironment environment) {
        var properties = Binder.get(environment).bindOrCreate("walcast.db", DatabaseSettings.class);
        if (!properties.embedded()) {
            throw new StartupException(
                    "this process has no embedded PostgreSQL; set spring.datasource.url, username and password to the one that the REST process uses");
        }
        var directory = DataDirectory.claim(properties.directory());
        var server = new EmbeddedServer(directory, PostgresPrograms.in(directory.programs()), Map.of());
        SpringApplication.getShutdownHandlers().add(() -> {
            server.close();
            directory.close();
        });
        server.start();
        server.provide(DATABASE);
        LOG.info(
                "PostgreSQL runs at {} (user {}, password in {})",
                server.url(DATABASE),
                EmbeddedServer.SUPERUSER,
                directory.passwordFile());
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "embedded PostgreSQL",
                        Map.of(
                                "spring.datasource.url", server.url(DATABASE),
                                "spring.datasource.username", "walcast_app",
                                "spring.datasource.password", directory.password(),
                                "spring.flyway.url", server.url(DATABASE),
                                "spring.flyway.user", EmbeddedServer.SUPERUSER,
                                "spring.flyway.password", directory.password(),
                                "walcast.relay.database.url", server.url(DATABASE),
                                "walcast.relay.database.username", "walcast_relay",
                                "walcast.relay.database.password", directory.password())));
    }
}
