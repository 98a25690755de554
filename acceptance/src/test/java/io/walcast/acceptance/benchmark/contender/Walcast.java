package io.walcast.acceptance.benchmark.contender;

import io.walcast.acceptance.WalcastProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The packaged jar as a user starts it, on an empty database, with the roles that its modules need and no more. */
public final class Walcast implements Contender {

    /** The relay's slot, and that of no other contender. */
    static final String SLOT = "walcast";

    private final String name;
    private final Postgres postgres;
    private final String database;
    private final WalcastProcess process;
    private final Rest rest;

    private Walcast(String name, Postgres postgres, String database, WalcastProcess process) {
        this.name = name;
        this.postgres = postgres;
        this.database = database;
        this.process = process;
        this.rest = new Rest(process.port());
    }

    /**
     * Starts it with everything at its defaults, but for these.
     *
     * @param properties of its configuration
     * @param options of Java
     */
    public static Walcast start(
            String name, Postgres postgres, String database, Map<String, String> properties, List<String> options) {
        var walcast = prepare(
                name,
                postgres,
                database,
                properties,
                new Command(Path.of(System.getProperty("java.home")), WalcastProcess.APP, options));
        try {
            walcast.process.start();
        } catch (RuntimeException e) {
            walcast.process.close();
            throw e;
        }
        return walcast;
    }

    /**
     * How a process is started.
     *
     * @param javaHome the directory of the Java
     * @param options of Java
     */
    public record Command(Path javaHome, Path jar, List<String> options) {}

    /** Prepares the same with another command, and starts nothing. */
    public static Walcast prepare(
            String name, Postgres postgres, String database, Map<String, String> properties, Command command) {
        postgres.provide(database);
        var all = new HashMap<>(properties);
        // A load of one machine is one of few users.
        all.put("walcast.limits.writes-per-second", "0");
        all.put("spring.datasource.url", postgres.jdbcUrl(database));
        all.put("spring.datasource.username", "walcast_app");
        all.put("spring.flyway.url", postgres.jdbcUrl(database));
        all.put("spring.flyway.user", postgres.superuser());
        all.put("walcast.relay.database.url", postgres.jdbcUrl(database));
        all.put("walcast.relay.database.username", "walcast_relay");
        var directory = Path.of("target", "benchmark", database).toAbsolutePath();
        var process = new WalcastProcess(
                command.javaHome(),
                command.jar(),
                directory,
                all,
                command.options().toArray(String[]::new));
        return new Walcast(name, postgres, database, process);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return process.port();
    }

    @Override
    public UUID createConversation(List<String> members) {
        return rest.createConversation(members);
    }

    @Override
    public boolean allMarked() {
        return sql().sql("""
                        select case
                            when (select published_at is null from outbox where topic <> 'walcast.canary' order by id desc limit 1)
                            then false
                            else not exists (select from outbox where published_at is null and topic <> 'walcast.canary')
                        end
                        """).query(Boolean.class).single();
    }

    /** SQL as the superuser. */
    public JdbcClient sql() {
        return postgres.sql(database);
    }

    public String database() {
        return database;
    }

    /** Whether it reads the WAL. */
    public boolean streams() {
        return process.isUp();
    }

    public ProcessHandle process() {
        return process.handle();
    }

    /** Ends the process as an operator does; its database stays. */
    public void stop() {
        process.stop();
    }

    /** Starts the process, and returns how long it took to be ready. */
    public Duration start() {
        long begun = System.nanoTime();
        process.launch();
        process.awaitReady();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Starts the process again, and returns when the relay is in that state. */
    public void restart(String state) {
        process.launch();
        process.awaitState(state);
    }

    @Override
    public Duration cpu() {
        return process.handle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Stops it, and drops its database and slot. */
    @Override
    public void close() {
        process.close();
        postgres.sql("postgres")
                .sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?")
                .param(database)
                .query()
                .listOfRows();
        postgres.sql("postgres")
                .sql("drop database " + database + " with (force)")
                .update();
    }
}
