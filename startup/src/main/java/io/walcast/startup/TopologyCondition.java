package io.walcast.startup;

import java.util.Arrays;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The condition of {@link ConditionalOnTopology}: the settings define one of its topologies. */
final class TopologyCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        var wanted = metadata.getAnnotations().get(ConditionalOnTopology.class).getEnumArray("value", Topology.class);
        return Arrays.asList(wanted).contains(Topology.of(context.getEnvironment()));
    }
}
