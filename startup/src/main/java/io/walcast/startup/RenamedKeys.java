package io.walcast.startup;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Accepts settings under the names that they had in the former release, with a warning that names the new key. The new
 * key wins where both are set. Stateless.
 */
final class RenamedKeys implements EnvironmentPostProcessor, Ordered {

    /** New keys by old keys. An entry is removed in the release after the one that renamed the key. */
    private static final Map<String, String> KEYS =
            Map.of("walcast.auth.let-anyone-be-anyone", "walcast.auth.allow-unauthenticated-remote");

    private final Log log;

    RenamedKeys(DeferredLogFactory logs) {
        this.log = logs.getLog(RenamedKeys.class);
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        var renamed = new HashMap<String, Object>();
        KEYS.forEach((before, now) -> {
            String value = environment.getProperty(before);
            if (value != null) {
                log.warn(before + " is now " + now + "; rename it, since the next release does not read the old key");
                if (!environment.containsProperty(now)) {
                    renamed.put(now, value);
                }
            }
        });
        if (!renamed.isEmpty()) {
            environment.getPropertySources().addFirst(new MapPropertySource("renamed keys", renamed));
        }
    }

    /** After all configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
