package io.walcast.relay.ops.console;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The last lines of Walcast's own log. They are the events that operators ask for: states, restarts, created slots,
 * sweeps, parked rows, manual actions. So no class has to report an event twice.
 *
 * <p><b>Lifecycle.</b> Listens from its creation until the application context closes. <b>Concurrency.</b> Thread-safe.
 * <b>Error policy.</b> With another logging back end than Logback it stays empty.
 */
@Component
class RecentLog implements DisposableBean {

    private static final int LINES = 200;

    /** Longest message, in characters: some messages quote a client. */
    private static final int LONGEST = 1_000;

    /**
     * @param source simple name of the class that wrote the line
     * @param message its first line, if it has more than one, and no more than 1,000 characters
     */
    record Line(Instant at, String level, String source, String message) {}

    private final Deque<Line> lines = new ArrayDeque<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String logger = event.getLoggerName();
            add(new Line(
                    event.getInstant(),
                    event.getLevel().toString(),
                    logger.substring(logger.lastIndexOf('.') + 1),
                    firstLine(event.getFormattedMessage())));
        }

        private static String firstLine(String message) {
            String line = message.lines().findFirst().orElse("");
            return line.substring(0, Math.min(LONGEST, line.length()));
        }
    };

    RecentLog() {
        if (LoggerFactory.getLogger("io.walcast") instanceof Logger walcast) {
            appender.setContext(walcast.getLoggerContext());
            appender.start();
            walcast.addAppender(appender);
        }
    }

    @Override
    public void destroy() {
        if (LoggerFactory.getLogger("io.walcast") instanceof Logger walcast) {
            walcast.detachAppender(appender);
        }
        appender.stop();
    }

    /** The last lines, the newest first. */
    List<Line> newest() {
        synchronized (lines) {
            return new ArrayList<>(lines);
        }
    }

    private void add(Line line) {
        synchronized (lines) {
            lines.addFirst(line);
            if (lines.size() > LINES) {
                lines.removeLast();
            }
        }
    }
}
