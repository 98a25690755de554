package io.walcast.app;

import io.walcast.identity.AuthSettings;
import io.walcast.startup.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Logs the addresses of the pages and a first call, at the end of the start. */
@Component
final class StartupBanner {

    private static final Logger LOG = LoggerFactory.getLogger(StartupBanner.class);

    private final AuthSettings auth;

    StartupBanner(AuthSettings auth) {
        this.auth = auth;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        LOG.info(text(event.getApplicationContext().getEnvironment()));
    }

    private String text(Environment environment) {
        String port = environment.getRequiredProperty("local.server.port");
        String operations = Topology.of(environment).readsWal()
                ? "\n  Operations        http://localhost:" + environment.getProperty("walcast.ops.port", port) + "/ops"
                : "";
        String user = auth.usesTokens() ? "\"Authorization: Bearer $TOKEN\"" : "'X-User-Id: u1'";
        return """
                Walcast is ready.

                  Two chat windows  http://localhost:{port}/
                  The REST API      http://localhost:{port}/api{operations}
                  A first call      curl -s http://localhost:{port}/conversations -H {user} \
                -H 'Content-Type: application/json' -d '{"title":"Hello","members":["u1","u2"]}'

                Ctrl-C stops it.
                """.replace("{port}", port).replace("{operations}", operations).replace("{user}", user);
    }
}
