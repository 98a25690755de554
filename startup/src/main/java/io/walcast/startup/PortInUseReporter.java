package io.walcast.startup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Reports a port in use in one sentence, in place of Spring Boot's own reports. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PortInUseReporter implements SpringBootExceptionReporter {

    private static final Logger LOG = LoggerFactory.getLogger(PortInUseReporter.class);

    @Override
    public boolean reportException(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException taken) {
                LOG.error(
                        "Walcast did not start: port {} is in use; stop the process that listens there, or set server.port to another port",
                        taken.getPort());
                return true;
            }
        }
        return false;
    }
}
