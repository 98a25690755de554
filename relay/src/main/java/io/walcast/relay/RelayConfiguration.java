package io.walcast.relay;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/**
 * The relay as one thing to import: engine, delivery, rooms, gateway and operations.
 *
 * <p>{@code walcast.relay.enabled=false} leaves all of it out, for a process that serves REST alone.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "walcast.relay.enabled", matchIfMissing = true)
// Main classes are no part of what they start.
@ComponentScan(excludeFilters = @ComponentScan.Filter(SpringBootConfiguration.class))
@ConfigurationPropertiesScan
public class RelayConfiguration {}
