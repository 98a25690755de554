package io.walcast.identity;

import io.walcast.startup.StartupException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Refuses to start a server that believes everyone and that others can reach, and one that has an entrance without a
 * guard. It comes before anything else, so that nothing was opened or started by then.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class LoopbackCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String ACTUATOR = "/actuator";
    private static final String NONE = "none";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var environment = context.getEnvironment();
        refuseUnguarded(environment);
        AuthSettings settings;
        try {
            settings = Binder.get(environment).bindOrCreate("walcast.auth", AuthSettings.class);
        } catch (BindException e) {
            throw new StartupException(String.format(Locale.ROOT, "%s; correct walcast.auth", rootMessage(e)), e);
        }
        if (settings.usesTokens()) {
            return;
        }
        refuseHiddenProxies(environment);
        if (settings.letAnyoneBeAnyone()) {
            return;
        }
        for (String key : new String[] {"server.address", "walcast.ops.address"}) {
            String address = environment.getProperty(key);
            if (address != null ? !isLoopback(address) : key.equals("server.address")) {
                throw new StartupException(String.format(
                        Locale.ROOT,
                        "with walcast.auth.mode=header a client is whoever it says it is, but %s is %s, where others can reach it; set walcast.auth.mode=jwt, or %1$s=127.0.0.1, or, if you mean it, walcast.auth.let-anyone-be-anyone=true",
                        key,
                        address == null ? "not set" : address));
            }
        }
    }

    /** Spring Boot would serve operations there, ahead of no filter of ours. */
    private static void refuseUnguarded(Environment environment) {
        if (environment.containsProperty("management.server.port")) {
            throw new StartupException(
                    "management.server.port is a port without guards; set walcast.ops.port instead, which has them");
        }
        String path = environment.getProperty("management.endpoints.web.base-path", ACTUATOR);
        if (!path.equals(ACTUATOR)) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "management.endpoints.web.base-path is %s, but guards stand before %s; remove it",
                    path,
                    ACTUATOR));
        }
        String servlet = environment.getProperty("spring.mvc.servlet.path", "/");
        if (!servlet.equals("/")) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "spring.mvc.servlet.path is %s, and would move operations away from their guards; remove it, or set server.servlet.context-path instead",
                    servlet));
        }
    }

    /** By the headers that proxies add, operations know that a request came through one. These settings take them away. */
    private static void refuseHiddenProxies(Environment environment) {
        for (String key : List.of(
                "server.forward-headers-strategy",
                "server.tomcat.remoteip.remote-ip-header",
                "server.tomcat.remoteip.protocol-header")) {
            String value = environment.getProperty(key, NONE);
            if (!value.isBlank() && !value.equalsIgnoreCase(NONE)) {
                throw new StartupException(String.format(
                        Locale.ROOT,
                        "with walcast.auth.mode=header operations are refused to who comes through a proxy, and %s=%s would hide that; remove it, or set walcast.auth.mode=jwt",
                        key,
                        value));
            }
        }
    }

    private static boolean isLoopback(String address) {
        try {
            // An empty one is no address, which the server takes for all.
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static @Nullable String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }
}
