package io.walcast.identity;

import io.walcast.startup.StartupException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Refuses to start in header mode on a non-loopback address, or with an actuator or servlet path that bypasses the
 * filters of operations. It runs before everything else, so that nothing has been opened or started.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ExposureCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String NONE = "none";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var environment = context.getEnvironment();
        refuseUnguarded(environment);
        AuthSettings settings;
        try {
            settings = Binder.get(environment).bindOrCreate("walcast.auth", AuthSettings.class);
        } catch (BindException e) {
            throw new StartupException(
                    String.format(
                            Locale.ROOT,
                            "%s; correct walcast.auth",
                            NestedExceptionUtils.getMostSpecificCause(e).getMessage()),
                    e);
        }
        if (settings.usesTokens()) {
            return;
        }
        refuseHiddenProxies(environment);
        if (settings.allowUnauthenticatedRemote()) {
            return;
        }
        for (String key : new String[] {"server.address", "walcast.ops.address"}) {
            String address = environment.getProperty(key);
            if (address != null ? !isLoopback(address) : key.equals("server.address")) {
                throw new StartupException(String.format(
                        Locale.ROOT,
                        "with walcast.auth.mode=header any client can be any user, but %s is %s, which other machines can reach; set walcast.auth.mode=jwt, or %1$s=127.0.0.1, or, if you mean it, walcast.auth.allow-unauthenticated-remote=true",
                        key,
                        address == null ? "not set" : address));
            }
        }
    }

    /** With these settings Spring Boot would serve operations without the filters of this module. */
    private static void refuseUnguarded(Environment environment) {
        if (environment.containsProperty("management.server.port")) {
            throw new StartupException(
                    "management.server.port would serve operations without access control; set walcast.ops.port instead");
        }
        String path = environment.getProperty("management.endpoints.web.base-path", ServerPaths.ACTUATOR);
        if (!path.equals(ServerPaths.ACTUATOR)) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "management.endpoints.web.base-path is %s, but access control covers %s only; remove it",
                    path,
                    ServerPaths.ACTUATOR));
        }
        String servlet = environment.getProperty("spring.mvc.servlet.path", "/");
        if (!servlet.equals("/")) {
            throw new StartupException(String.format(
                    Locale.ROOT,
                    "spring.mvc.servlet.path is %s, which would move operations past their access control; remove it, or set server.servlet.context-path instead",
                    servlet));
        }
    }

    /** Operations detect a proxy by the headers that it adds. These settings remove them. */
    private static void refuseHiddenProxies(Environment environment) {
        for (String key : List.of(
                "server.forward-headers-strategy",
                "server.tomcat.remoteip.remote-ip-header",
                "server.tomcat.remoteip.protocol-header")) {
            String value = environment.getProperty(key, NONE);
            if (!value.isBlank() && !value.equalsIgnoreCase(NONE)) {
                throw new StartupException(String.format(
                        Locale.ROOT,
                        "with walcast.auth.mode=header operations refuse requests that come through a proxy, and %s=%s would hide the proxy; remove it, or set walcast.auth.mode=jwt",
                        key,
                        value));
            }
        }
    }

    private static boolean isLoopback(String address) {
        try {
            // The server takes an empty address for all addresses.
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
