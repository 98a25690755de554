package io.walcast.relay;

import io.walcast.db.StartupProblem;
import java.util.Locale;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Rows are read from the WAL, unless all that this process does is to feed its rooms from Kafka.
 *
 * <p>{@code walcast.relay.sink} says where rows go, {@code walcast.gateway.source} where rooms get them from.
 */
final class ReadsTheWal implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean toKafka = isKafka(context.getEnvironment(), "walcast.relay.sink", "rooms");
        boolean fromKafka = isKafka(context.getEnvironment(), "walcast.gateway.source", "wal");
        return toKafka || !fromKafka;
    }

    private static boolean isKafka(Environment environment, String key, String otherwise) {
        String value = environment.getProperty(key, otherwise);
        if (!value.equals("kafka") && !value.equals(otherwise)) {
            throw new StartupProblem(
                    String.format(Locale.ROOT, "%s is \"%s\"; set it to %s or kafka", key, value, otherwise));
        }
        return value.equals("kafka");
    }
}
