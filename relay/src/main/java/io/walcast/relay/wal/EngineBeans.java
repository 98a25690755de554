package io.walcast.relay.wal;

import java.lang.management.ManagementFactory;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MBeans that a running engine registers: one engine at a time has them. Thread-safe. */
final class EngineBeans {

    private static final Logger LOG = LoggerFactory.getLogger(EngineBeans.class);
    private static final String BEANS =
            "debezium.postgres:type=connector-metrics,server=" + EngineProperties.TOPIC_PREFIX;
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private EngineBeans() {}

    /** A figure of Debezium's "streaming metrics"; NaN while no engine runs. */
    static double streaming(String attribute) {
        try {
            return SERVER.getAttribute(ObjectName.getInstance(BEANS + ",context=streaming"), attribute)
                            instanceof Number number
                    ? number.doubleValue()
                    : Double.NaN;
        } catch (JMException e) {
            // No engine runs, or it is just being replaced.
            return Double.NaN;
        }
    }

    /** Removes what an engine left that was abandoned: the next one would wait a minute for these names. */
    static void removeAbandoned() {
        try {
            for (ObjectName name : SERVER.queryNames(ObjectName.getInstance(BEANS + ",*"), null)) {
                LOG.warn("A former engine left its MBean {}, which is removed", name);
                remove(name);
            }
        } catch (JMException e) {
            LOG.warn("The MBeans of a former engine cannot be removed", e);
        }
    }

    private static void remove(ObjectName name) throws JMException {
        try {
            SERVER.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("The former engine has removed its MBean {} itself", name);
        }
    }
}
