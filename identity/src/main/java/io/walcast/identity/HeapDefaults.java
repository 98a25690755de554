package io.walcast.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Default bounds of the memory that clients and rows can make the process hold. Each is a share of the heap, so that
 * their sum fits a small heap too. docs/decisions/memory.md adds them up. The configuration and the defaults in {@code
 * walcast.yaml} take precedence. Stateless.
 */
final class HeapDefaults implements EnvironmentPostProcessor {

    private static final long MEGABYTE = 1024 * 1024;

    /**
     * Memory that Tomcat holds for a connection whose request is incomplete: the buffers for the headers of request and
     * response, and those of the connection.
     */
    private static final long BYTES_PER_REQUEST = 24 * 1024;

    private static final long MOST_CONNECTIONS = 50_000;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> defaults = of(Runtime.getRuntime().maxMemory());
        // Even the default properties of the application take precedence over these.
        defaults.keySet().removeIf(environment::containsProperty);
        environment.getPropertySources().addLast(new MapPropertySource("shares of the heap", defaults));
    }

    /** @param heap maximum size of the heap, in bytes */
    static Map<String, Object> of(long heap) {
        var defaults = new LinkedHashMap<String, Object>();
        defaults.put("walcast.gateway.transport.total-queue-size", size(128 * MEGABYTE, heap / 6));
        defaults.put("walcast.gateway.transport.total-unfinished-size", size(32 * MEGABYTE, heap / 16));
        defaults.put("walcast.delivery.max-unsettled-bytes", size(32 * MEGABYTE, heap / 24));
        defaults.put("walcast.limits.memory.total-answer-size", size(32 * MEGABYTE, heap / 24));
        defaults.put("walcast.limits.memory.total-body-size", size(32 * MEGABYTE, heap / 24));
        defaults.put("server.tomcat.max-connections", Math.min(MOST_CONNECTIONS, heap / 3 / BYTES_PER_REQUEST));
        return defaults;
    }

    private static String size(long most, long share) {
        return Math.min(most, share) + "B";
    }
}
