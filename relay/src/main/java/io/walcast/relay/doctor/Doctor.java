package io.walcast.relay.doctor;

import io.walcast.db.RelayServer;
import io.walcast.relay.wal.WalSettings;
import io.walcast.startup.StartupException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * {@code --doctor}: examines the server that the configuration names, prints a table, and ends.
 *
 * <p>The configuration is read as the application reads it, from files, environment and command line. Exit codes: 0 if
 * everything that is needed is there, 1 if something is missing, 2 if the server could not be asked.
 *
 * <p><b>Lifecycle.</b> One call, of at most {@link #LIMIT} beside the reading of the configuration. <b>Error policy.</b>
 * If it cannot ask, it prints one sentence on the error output.
 */
public final class Doctor {

    static final int ALL_THERE = 0;
    static final int SOMETHING_MISSING = 1;
    static final int NOT_ASKED = 2;

    /** Time limit of one answer. */
    private static final Duration ANSWER = Duration.ofSeconds(4);

    private static final Duration LIMIT = Duration.ofSeconds(7);

    private static final String OPTION = "--doctor";

    /** The settings are the only bean: no part of the application is started here. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(WalSettings.class)
    static class Settings {}

    private Doctor() {}

    public static boolean isAsked(String... arguments) {
        return Arrays.asList(arguments).contains(OPTION);
    }

    /**
     * Examines, and prints to the standard output.
     *
     * @param arguments the command line
     * @param defaults properties that the application starts with, as {@code key=value}
     * @return the exit code
     */
    public static int examine(String[] arguments, String... defaults) {
        return examine(arguments, System.out, System.err, defaults);
    }

    static int examine(String[] arguments, PrintStream out, PrintStream err, String... defaults) {
        SpringApplication application = new SpringApplicationBuilder(Settings.class)
                .web(WebApplicationType.NONE)
                .properties(defaults)
                .registerShutdownHook(false)
                .build();
        // The initializer of module db would start the embedded PostgreSQL, or refuse the server at its first fault.
        application.setInitializers(List.of());
        try (var context = application.run(arguments)) {
            return examine(context, out);
        } catch (StartupException e) {
            err.println("Walcast could not ask: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Spring Boot has reported the fault of the configuration.
            err.println("Walcast could not ask: correct its configuration (" + e.getMessage() + ")");
        }
        return NOT_ASKED;
    }

    private static int examine(ConfigurableApplicationContext context, PrintStream out) throws InterruptedException {
        RelayServer server = RelayServer.of(context.getEnvironment());
        var examination = new Examination(server, context.getBean(WalSettings.class), ANSWER);
        List<Finding> findings = within(LIMIT, server, examination);
        out.println("PostgreSQL at " + server.name() + ", as the relay sees it");
        out.println();
        Table.lines(findings).forEach(out::println);
        boolean missing = findings.stream().anyMatch(finding -> finding.severity() == Severity.MISSING);
        out.println();
        out.println(missing ? "Something is missing." : "Everything that is needed is there.");
        return missing ? SOMETHING_MISSING : ALL_THERE;
    }

    /** The driver's own limits are for one answer each, and a URL may override them. */
    private static List<Finding> within(Duration limit, RelayServer server, Examination examination)
            throws InterruptedException {
        var findings = new FutureTask<>(examination);
        var thread = new Thread(findings, "walcast-doctor");
        thread.setDaemon(true);
        thread.start();
        try {
            return findings.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StartupException("PostgreSQL at " + server.name() + " did not answer everything within "
                    + limit.toSeconds() + " s; look at its load and at the network, and ask again");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartupException problem) {
                throw problem;
            }
            if (e.getCause() instanceof SQLException failure) {
                throw server.problem(failure);
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
