package io.walcast.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Logs the addresses of the pages and a first call, at the end of the start. */
@Component
final class StartupBanner {

    private static final Logger LOG = LoggerFactory.getLogger(StartupBanner.class);

    @EventListener
    void ready(ApplicationReadyEvent event) {
        var port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
        LOG.info("""
                Walcast is ready.

                  Two chat windows  http://localhost:{0}/
                  The REST API      http://localhost:{0}/api
                  Operations        http://localhost:{0}/ops
                  A first call      curl -s http://localhost:{0}/conversations -H 'X-User-Id: u1' \
                -H 'Content-Type: application/json' -d '{"title":"Hello","members":["u1","u2"]}'

                Ctrl-C stops it.
                """.replace("{0}", String.valueOf(port)));
    }
}
