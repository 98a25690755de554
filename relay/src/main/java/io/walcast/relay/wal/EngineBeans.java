package io.walcast.relay.wal;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The MBeans that Debezium's engine registers. Each life of an engine has names of its own: an engine that was
 * abandoned may keep its beans for a while, and another one with the same names would wait for them for a minute.
 * Thread-safe.
 */
final class EngineBeans {

    private static final String STREAMING =
            "debezium.postgres:type=connector-metrics,context=streaming,server=" + EngineProperties.TOPIC_PREFIX + ",*";

    private static final String LIFE = "life";
    private static final AtomicLong LIVES = new AtomicLong();
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private EngineBeans() {}

    /** The value of {@code custom.metric.tags} for the next life. */
    static String nextTag() {
        return LIFE + "=" + LIVES.incrementAndGet();
    }

    /** A figure of Debezium's "streaming metrics", of the newest engine; NaN while none runs. */
    static double streaming(String attribute) {
        try {
            ObjectName newest = SERVER.queryNames(ObjectName.getInstance(STREAMING), null).stream()
                    .max(Comparator.comparingLong(name -> Long.parseLong(name.getKeyProperty(LIFE))))
                    .orElse(null);
            return newest != null && SERVER.getAttribute(newest, attribute) instanceof Number number
                    ? number.doubleValue()
                    : Double.NaN;
        } catch (JMException e) {
            // The engine is just being replaced.
            return Double.NaN;
        }
    }
}
