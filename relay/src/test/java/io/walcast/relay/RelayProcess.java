package io.walcast.relay;

import io.walcast.db.TestDatabase;
import io.walcast.relay.gateway.websocket.TestTransport;
import io.walcast.relay.wal.WalStatus;
import io.walcast.relay.wal.WalSupervisor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** The whole relay on a test's database, with a web server on a free port. */
public final class RelayProcess implements AutoCloseable {

    @SpringBootConfiguration
    @EnableAutoConfiguration(exclude = KafkaAutoConfiguration.class)
    @Import(RelayConfiguration.class)
    static class Application {}

    /** The watchdog's; short, so that tests can outwait it. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    static {
        // Long enough for a machine that builds other things meanwhile.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }

    private final ConfigurableApplicationContext context;

    private RelayProcess(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts a relay and waits until it streams; {@code beans} are added to its context. */
    public static RelayProcess start(TestDatabase database, Class<?>... beans) {
        return launch(database, beans).streaming();
    }

    /** Starts a relay with settings that differ from the defaults, and waits until it streams. */
    public static RelayProcess start(TestDatabase database, Map<String, Object> settings) {
        return launch(database, settings).streaming();
    }

    /** Starts a relay and waits for nothing. */
    public static RelayProcess launch(TestDatabase database, Class<?>... beans) {
        return launch(database, Map.of(), beans);
    }

    /** Starts a relay with settings that differ from the defaults, and waits for nothing. */
    public static RelayProcess launch(TestDatabase database, Map<String, Object> settings, Class<?>... beans) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", 0);
        properties.put("server.address", "127.0.0.1");
        properties.put("spring.datasource.url", database.url());
        properties.put("spring.datasource.username", database.username());
        properties.put("spring.flyway.enabled", false);
        properties.put("walcast.relay.slot", database.name());
        properties.put("walcast.gateway.transport.kind", TestTransport.KIND);
        properties.put("walcast.events[order.placed].event", "order.placed");
        properties.put("walcast.relay.heartbeat", "200ms");
        properties.put("walcast.relay.patience", PATIENCE.toMillis() + "ms");
        // Rows that a test did not write would disturb it.
        properties.put("walcast.ops.canary.interval", "0s");
        properties.put("walcast.ops.canary.warm-up", "0s");
        properties.put("spring.main.allow-bean-definition-overriding", true);
        properties.put("spring.main.banner-mode", "off");
        properties.put("logging.level.root", "WARN");
        properties.put("logging.level.io.walcast", "INFO");
        properties.putAll(settings);
        var context = new SpringApplicationBuilder(Application.class)
                .sources(beans)
                .web(WebApplicationType.SERVLET)
                .properties(properties)
                .registerShutdownHook(false)
                .run();
        return new RelayProcess(context);
    }

    private RelayProcess streaming() {
        try {
            awaitStreaming();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        return this;
    }

    public void awaitStreaming() {
        Awaitility.await().until(() -> status().state() == WalStatus.State.STREAMING);
    }

    public WalStatus status() {
        return bean(WalSupervisor.class).status();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
