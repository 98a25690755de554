package io.walcast.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says at the end of the start where to look, and what to try first. */
@Component
final class Welcome {

    private static final Logger LOG = LoggerFactory.getLogger(Welcome.class);

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
